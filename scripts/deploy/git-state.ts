import { createHash } from "node:crypto";

/** What is about to be deployed, and by whom. */
export interface GitState {
  /** Names exactly this code: the commit, and for a dirty tree a hash of what differs from it. */
  readonly revision: string;
  readonly dirtyFiles: readonly string[];
  /** The git user, and the account on the machine. */
  readonly by: string;
}

/**
 * Reads the working tree's state.
 * @throws {Error} when the project is no git working tree
 */
export async function readGitState(root: string): Promise<GitState> {
  const commit = (await git(root, ["rev-parse", "HEAD"])).trim();
  const status = await git(root, ["status", "--porcelain"]);
  const dirtyFiles = status.split("\n").filter(Boolean).map((line) => line.slice(3));
  return {
    revision: dirtyFiles.length === 0
      ? commit
      : `${commit}+${await hashOfChanges(root, dirtyFiles)}`,
    dirtyFiles,
    by: await readAuthor(root),
  };
}

/** Who works here: the git user, where there is one, and the account on the machine. */
export async function readAuthor(root: string): Promise<string> {
  const name = await git(root, ["config", "user.name"]).catch(() => "");
  return [name.trim(), osAccount()].filter(Boolean).join(", ");
}

async function hashOfChanges(root: string, files: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(await git(root, ["diff", "HEAD"]));
  for (const file of files) {
    // A deleted file is in the diff, a folder is untracked as a whole.
    const text = await Deno.readFile(`${root}/${file}`).catch(() => new Uint8Array());
    hash.update(file).update(text);
  }
  return hash.digest("hex").slice(0, 12);
}

function osAccount(): string {
  const user = Deno.env.get("USER") ?? Deno.env.get("LOGNAME") ?? "";
  return user === "" ? Deno.hostname() : `${user}@${Deno.hostname()}`;
}

async function git(root: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", root, ...args],
    stdin: "null",
  }).output().catch((cause) => {
    throw new Error("Cannot run git: install it, a deployment records its commit", { cause });
  });
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`git ${args.join(" ")} failed: ${new TextDecoder().decode(stderr).trim()}`);
}
