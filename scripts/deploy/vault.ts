import type { Sql } from "postgres";

/** What the database calls the worker with; 20261123111000_schedule_chat.sql reads these names. */
export interface WorkerSecrets {
  readonly mobility_worker_url: string;
  readonly mobility_worker_key: string;
}

/** Puts the worker's address and key into Vault, over what is there. */
export async function setWorkerSecrets(sql: Sql, secrets: WorkerSecrets): Promise<void> {
  await sql.begin(async (transaction) => {
    for (const [name, secret] of Object.entries(secrets)) {
      const [row] = await transaction<{ id: string }[]>`
        select id from vault.secrets where name = ${name}`;
      if (row === undefined) await transaction`select vault.create_secret(${secret}, ${name})`;
      else await transaction`select vault.update_secret(${row.id}::uuid, ${secret})`;
    }
  });
}
