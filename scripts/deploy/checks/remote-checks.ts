import { z } from "zod";
import { runSupabase, SupabaseCliError } from "../../supabase-cli/run-supabase.ts";
import { cliTarget } from "../cli-target.ts";
import type { Settings } from "../settings.ts";
import { type Check, failed, type Finding, ok, warning } from "./check.ts";

const DEADLINE_MS = 10_000;
const GRAPH_URL = "https://graph.facebook.com/v26.0";
const secretList = z.object({ secrets: z.array(z.object({ name: z.string() })) });
const graphError = z.object({ error: z.object({ code: z.number(), message: z.string() }) });

/** What others must grant: the access token of the CLI, WhatsApp's token. */
export function remoteChecks(
  settings: Settings,
  { projectRef, accessToken }: { readonly projectRef: string; readonly accessToken: string },
): Check[] {
  const target = cliTarget(settings, { projectRef, accessToken });
  const args = ["secrets", "list", ...target.args, "--output-format", "json"];
  const graph = settings.functionVariables["WHATSAPP_GRAPH_URL"] ?? GRAPH_URL;
  const number = settings.functionVariables["WHATSAPP_PHONE_NUMBER_ID"];
  const token = settings.functionVariables["WHATSAPP_ACCESS_TOKEN"];
  return [
    {
      id: "access-token",
      title: "access to the project",
      command: `supabase ${args.join(" ")}`,
      look: async () => {
        try {
          const answer = await runSupabase(args, { env: target.env });
          const { secrets } = secretList.parse(JSON.parse(answer));
          return judgeSecrets(settings, { projectRef, names: secrets.map(({ name }) => name) });
        } catch (error) {
          if (!(error instanceof SupabaseCliError)) throw error;
          return failed(
            lastLine(error.message),
            "Make a token at supabase.com/dashboard/account/tokens, and check the project's ref",
          );
        }
      },
    },
    {
      id: "whatsapp",
      title: "WhatsApp number",
      command: `GET ${graph}/${number ?? "<WHATSAPP_PHONE_NUMBER_ID>"}?fields=id`,
      look: async () =>
        number === undefined || token === undefined
          ? warning("not configured", "Set WHATSAPP_PHONE_NUMBER_ID and WHATSAPP_ACCESS_TOKEN")
          : await askGraph(`${graph}/${number}?fields=id`, token),
    },
  ];
}

/** What a file no longer has, the project goes on having: setting secrets takes none away. */
function judgeSecrets(
  { functionVariables, envFile }: Settings,
  { projectRef, names }: { readonly projectRef: string; readonly names: readonly string[] },
): Finding {
  const left = names.filter((name) =>
    !name.startsWith("SUPABASE_") && functionVariables[name] === undefined
  );
  const detail = `project ${projectRef}, ${names.length} secrets set`;
  return left.length === 0 ? ok(detail) : warning(
    `${detail}; ${left.join(", ")} not by ${envFile}`,
    `If they are not wanted: supabase secrets unset ${left.join(" ")} --remote=${projectRef}`,
  );
}

async function askGraph(url: string, token: string): Promise<Finding> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(DEADLINE_MS),
  }).catch(() => undefined);
  if (response === undefined) {
    return warning("the Graph API cannot be reached from here", "Check again from elsewhere");
  }
  if (response.ok) {
    await response.body?.cancel();
    return ok("the token may use it");
  }
  const parsed = graphError.safeParse(await response.json().catch(() => undefined));
  const reason = parsed.success ? `code ${parsed.data.error.code}` : `status ${response.status}`;
  if (response.status >= 500) return warning(`no answer now (${reason})`, "Check again later");
  return failed(
    `the Graph API refuses the token for this number (${reason})`,
    "Check WHATSAPP_ACCESS_TOKEN (a system user's, not the 24-hour one) and WHATSAPP_PHONE_NUMBER_ID",
  );
}

function lastLine(text: string): string {
  return text.split("\n").filter((line) => line.trim() !== "").at(-1) ?? text;
}
