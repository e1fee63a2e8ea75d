import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url)).replace(/\/$/, "");
/** What a deployment reads. */
const PARTS = ["supabase", "shared", "scripts", "deno.json", "deno.lock", ".gitignore"];

/** The project in a folder and a git repository of its own: what others change meanwhile is not in it. */
export interface ProjectCopy {
  readonly root: string;
  /** Writes a file and commits it; gives the new commit. */
  commit(path: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

/** Copies the project as it is now and commits it. */
export async function copyProject(): Promise<ProjectCopy> {
  const root = await Deno.makeTempDir({ prefix: "mobility-deploy-" });
  await run(["cp", "-R", ...PARTS.map((part) => `${ROOT}/${part}`), root]);
  await git(root, ["init", "--quiet"]);
  await git(root, ["config", "user.name", "Tester"]);
  await git(root, ["config", "user.email", "tester@example.com"]);
  await commitAll(root);
  return {
    root,
    commit: async (path, text) => {
      await Deno.writeTextFile(`${root}/${path}`, text);
      return await commitAll(root);
    },
    remove: () => Deno.remove(root, { recursive: true }),
  };
}

async function commitAll(root: string): Promise<string> {
  await git(root, ["add", "--all"]);
  await git(root, ["commit", "--quiet", "--message", "The project"]);
  return (await git(root, ["rev-parse", "HEAD"])).trim();
}

async function git(root: string, args: readonly string[]): Promise<string> {
  return await run(["git", "-C", root, ...args]);
}

async function run([command = "", ...args]: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`${command} ${args.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
}
