const own = new URL("./fixtures/", import.meta.url);
const shared = new URL("../../../../shared/fixtures/whatsapp/", import.meta.url);

/** The app secret of every signature beside a fixture. */
export const appSecret = "test-app-secret";

/** A webhook body as it arrives, and its X-Hub-Signature-256. */
export interface Fixture {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly header: string;
  readonly json: unknown;
}

/** Bodies that the project brings: `.body` and not `.json`, because a formatter would break them. */
export const ownFixtures: readonly Fixture[] = await readFixtures(own, ".body");

/** More of them, where they lie beside the project; empty elsewhere. */
export const sharedFixtures: readonly Fixture[] = await readFixtures(shared, ".json");

/** @throws {Error} when the project has no such fixture */
export function fixture(name: string): Fixture {
  const found = ownFixtures.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no fixture ${name}`);
  return found;
}

async function readFixtures(folder: URL, suffix: string): Promise<Fixture[]> {
  const fixtures: Fixture[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.name.endsWith(suffix)) continue;
      const name = entry.name.slice(0, -suffix.length);
      const bytes = await Deno.readFile(new URL(entry.name, folder));
      const header = (await Deno.readTextFile(new URL(`${name}.sig`, folder))).trim();
      fixtures.push({ name, bytes, header, json: JSON.parse(new TextDecoder().decode(bytes)) });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return fixtures.sort((a, b) => a.name < b.name ? -1 : 1);
}
