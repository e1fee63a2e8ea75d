import { findPrograms } from "../../scripts/ops/binaries.ts";

/** What `promtool check metrics` finds wrong with a page; "" when nothing is. */
export async function checkWithPromtool(page: string): Promise<string> {
  const { promtool } = await findPrograms(["promtool"]);
  const child = new Deno.Command(promtool, {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(page));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  return code === 0 ? "" : said.trim() || `it ended with ${code}`;
}
