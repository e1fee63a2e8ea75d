import type { Sql } from "postgres";
import { fingerprintTables } from "../../../scripts/postgres/fingerprint-tables.ts";
import { migrate } from "../../../scripts/postgres/migrate.ts";
import { createDatabase, type TestDatabase } from "../../support/database.ts";
import { V1_HISTORY, V1_SCHEMA } from "./v1-schema.ts";

/** A database as a new Supabase project has it, Vault and Realtime included, and a V1 if wanted. */
export async function createProjectDatabase(
  { v1 = false }: { readonly v1?: boolean } = {},
): Promise<TestDatabase> {
  const database = await createDatabase({ empty: true, connections: 3 });
  const none = await Deno.makeTempDir();
  try {
    const migrations = new URL(`file://${none}/`);
    await migrate(database.sql, { migrations, realtime: true });
    await database.sql.unsafe("drop schema supabase_migrations cascade").simple();
    await database.sql.unsafe(VAULT).simple();
    if (v1) await database.sql.unsafe(V1_SCHEMA + V1_HISTORY).simple();
  } finally {
    await Deno.remove(none, { recursive: true });
  }
  return database;
}

/** The same database, with a password that any server takes which trusts its callers. */
export function withPassword(url: string, password: string): string {
  const changed = new URL(url);
  changed.password = password;
  return changed.href;
}

/** Every table outside the system's schemas: equal, nothing was changed. */
export function fingerprintOf(sql: Sql): Promise<Map<string, string>> {
  return fingerprintTables(sql, { of: "everything" });
}

/** As much of Vault as is used here, without the encryption. */
const VAULT = `
create schema vault;
create table vault.secrets (id uuid primary key default gen_random_uuid(), name text unique, secret text);
create view vault.decrypted_secrets as select id, name, secret as decrypted_secret from vault.secrets;
create function vault.create_secret(new_secret text, new_name text default null) returns uuid language sql
as $$ insert into vault.secrets (name, secret) values (new_name, new_secret) returning id $$;
create function vault.update_secret(secret_id uuid, new_secret text default null) returns void language sql
as $$ update vault.secrets set secret = new_secret where id = secret_id $$;
`;
