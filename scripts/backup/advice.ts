import type { Backup } from "./back-up.ts";
import type { Restored } from "./restore-backup.ts";

/** What a person has to know who relies on this backup. */
export function adviseAfterBackup({ manifest }: Backup): string[] {
  const secrets = manifest.vault_secrets;
  return [
    "not in it, because no dump can have them:",
    `  Vault's secrets${
      secrets.length === 0 ? "" : ` (${secrets.join(", ")})`
    }, and those of the functions`,
    "  Auth's settings and sessions, files in Storage, Realtime's last messages",
    "  what Redis counts and caches (nothing that is missed)",
    "it has names, numbers and positions of people: keep it encrypted, and away from the project",
  ];
}

/** What is left to do before rides are served again. */
export function adviseAfterRestore({ manifest, leftOut }: Restored): string[] {
  const advice: string[] = [];
  if (leftOut.length > 0) advice.push(`left out: ${leftOut.join(", ")}`);
  const secrets = manifest.vault_secrets;
  const named = secrets.length > 0 ? secrets : ["mobility_worker_url", "mobility_worker_key"];
  advice.push(
    "next, for a new project (docs/backup.md says each in full):",
    "  1. deno task deploy services: the functions, their secrets, and in Vault " +
      named.join(", "),
    "  2. Meta: point the webhook at https://<ref>.supabase.co/functions/v1/whatsapp-webhook",
    "  3. deno task web:build with the new URL and key, and upload the pages",
    "  4. operators sign in again; their passwords are as they were",
    "rides that were under way when the backup was taken end by themselves as they grow too old",
  );
  return advice;
}
