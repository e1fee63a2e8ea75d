import { fileURLToPath, pathToFileURL } from "node:url";
import type { Upload } from "./management-api.ts";

/** The version that the hosted runtime reports. */
const HOSTED_VERSION = "2.1.4";
const HOST = fileURLToPath(new URL("./function-host.ts", import.meta.url));
/** What the machine needs so that packages can be fetched, and nothing of the project's. */
const PASSED_ON = ["PATH", "HOME", "DENO_DIR", "DENO_TLS_CA_STORE", "NPM_CONFIG_REGISTRY"];

let executable: Promise<string> | undefined;

/** An uploaded function, unpacked in an empty folder and run on the hosted runtime's version of Deno. */
export interface HostedFunction {
  readonly port: number;
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** Boots an upload: exactly its files, its import map, and the variables that are given. */
export async function bootUpload(
  upload: Upload,
  { port, env }: { readonly port: number; readonly env: Readonly<Record<string, string>> },
): Promise<HostedFunction> {
  const deno = await (executable ??= findHostedDeno());
  const folder = await Deno.makeTempDir({ prefix: `mobility-bundle-${upload.slug}-` });
  for (const [path, bytes] of upload.files) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]+$/, ""), { recursive: true });
    await Deno.writeFile(`${folder}/${path}`, bytes);
  }
  const child = new Deno.Command(deno, {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      "--allow-net",
      "--allow-env",
      "--allow-read",
      "--allow-sys",
      // As a plain import map: nothing else of deno.json may be needed.
      `--import-map=${upload.importMap}`,
      HOST,
    ],
    cwd: folder,
    clearEnv: true,
    env: {
      ...machineEnvironment(),
      ...env,
      PORT: String(port),
      ENTRYPOINT: pathToFileURL(`${folder}/${upload.entrypoint}`).href,
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log: string[] = [];
  const reading = Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) log.push(text);
  }));
  return {
    port,
    log,
    stop: async () => {
      await child.stdin.close().catch(() => {});
      await child.status;
      await reading;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

function machineEnvironment(): Record<string, string> {
  const all = Deno.env.toObject();
  const entries = PASSED_ON.map((name) => [name, all[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
  );
}

/** The binary itself, so that ending it ends it: HOSTED_DENO, else the one that npx fetches. */
async function findHostedDeno(): Promise<string> {
  const given = Deno.env.get("HOSTED_DENO");
  const [command = "", ...args] = given ? [given] : ["npx", "-y", `deno@${HOSTED_VERSION}`];
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args: [...args, "eval", "console.log(Deno.version.deno, Deno.execPath())"],
    // Away from the project's own configuration and lock.
    cwd: "/",
    stdin: "null",
  }).output();
  const [version, path] = new TextDecoder().decode(stdout).trim().split(" ");
  if (success && version === HOSTED_VERSION && path !== undefined) return path;
  throw new Error(
    `Cannot run Deno ${HOSTED_VERSION} (${command}): ${version} ${
      new TextDecoder().decode(stderr)
    }`,
  );
}
