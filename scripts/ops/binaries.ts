/** The programs of the monitoring, and the Debian package each comes in. */
const PACKAGES = {
  prometheus: "prometheus",
  promtool: "prometheus",
  alertmanager: "prometheus-alertmanager",
  amtool: "prometheus-alertmanager",
  blackbox: "prometheus-blackbox-exporter",
} as const;

/** What each is called: by Debian, and by those who built it. */
const NAMES: Readonly<Record<Program, readonly string[]>> = {
  prometheus: ["prometheus"],
  promtool: ["promtool"],
  alertmanager: ["prometheus-alertmanager", "alertmanager"],
  amtool: ["amtool"],
  blackbox: ["prometheus-blackbox-exporter", "blackbox_exporter"],
};

/** A program of the monitoring. */
export type Program = keyof typeof PACKAGES;

/** What to type on Debian to have all of them. */
export const INSTALL_MONITORING = `apt-get install -y ${
  [...new Set(Object.values(PACKAGES))].join(" ")
}`;

/** A program of the monitoring is not installed; the message says which package has it. */
export class ProgramNotFoundError extends Error {
  override name = "ProgramNotFoundError";
}

/** Finds programs on PATH. @throws {ProgramNotFoundError} naming all that are missing, and their packages */
export async function findPrograms<P extends Program>(
  programs: readonly P[],
): Promise<Readonly<Record<P, string>>> {
  const found = await Promise.all(
    programs.map(async (program) => [program, await findOne(NAMES[program])] as const),
  );
  const missing = found.filter(([, path]) => path === undefined).map(([program]) => program);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map((program) => PACKAGES[program]))];
    throw new ProgramNotFoundError(
      `Cannot find ${missing.map((program) => NAMES[program].join(" or ")).join(", ")} on PATH. ` +
        `Run: apt-get install -y ${packages.join(" ")}`,
    );
  }
  return Object.fromEntries(found) as Record<P, string>;
}

async function findOne(names: readonly string[]): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    for (const name of names) {
      const path = `${folder}/${name}`;
      if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
    }
  }
  return undefined;
}
