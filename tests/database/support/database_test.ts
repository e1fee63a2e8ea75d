import assert from "node:assert/strict";
import { asRole, createDatabase, databaseTest } from "../../support/database.ts";

const SUB = "6a1f6a52-6c0e-4b3f-9a58-2f9a1c1b7a11";

databaseTest("asRole() takes on the role and the claims of the caller", async ({ sql }) => {
  const rows = await asRole(
    sql,
    { role: "authenticated", sub: SUB, claims: { app: "web" } },
    (transaction) =>
      transaction`
        select current_user::text as name, auth.uid() as uid, auth.role() as role, auth.jwt() as jwt`,
  );
  assert.deepEqual([...rows], [{
    name: "authenticated",
    uid: SUB,
    role: "authenticated",
    jwt: { app: "web", role: "authenticated", sub: SUB },
  }]);
});

databaseTest("asRole() gives nothing to a role that a migration did not grant", async ({ sql }) => {
  await sql`create table public.ungranted (id int)`;
  for (const role of ["anon", "authenticated", "service_role"] as const) {
    await assert.rejects(
      asRole(sql, { role }, (transaction) => transaction`select from public.ungranted`),
      { code: "42501" },
    );
  }
});

databaseTest("asRole() rolls back unless told to commit", async ({ sql }) => {
  await sql`create table public.kept (id int)`;
  await sql`grant all on public.kept to service_role`;
  const insert = (id: number, commit: boolean): Promise<unknown> =>
    asRole(
      sql,
      { role: "service_role", commit },
      (transaction) => transaction`insert into public.kept values (${id})`,
    );
  await insert(1, false);
  await insert(2, true);
  assert.deepEqual([...await sql`select id from public.kept`], [{ id: 2 }]);
});

databaseTest("asRole() leaves no trace on the connection", async ({ url }) => {
  await using database = await createDatabase({ connections: 1 });
  assert.notEqual(database.url, url);
  await asRole(database.sql, { role: "anon" }, (transaction) => transaction`select 1`);
  const [row] = await database.sql`
    select current_user = session_user as own, auth.jwt() as jwt, auth.uid() as uid, auth.role() as role`;
  assert.deepEqual(row, { own: true, jwt: null, uid: null, role: null });
});

databaseTest("createDatabase() gives a database apart, migrated, and drops it", async ({ sql }) => {
  await sql`create table public.only_here (id int)`;
  let name = "";
  {
    await using database = await createDatabase();
    name = new URL(database.url).pathname.slice(1);
    const [found] = await database.sql`
      select to_regclass('public.only_here') as table,
        (select count(*)::int from supabase_migrations.schema_migrations) > 0 as migrated`;
    assert.deepEqual(found, { table: null, migrated: true });
  }
  assert.deepEqual([...await sql`select from pg_database where datname = ${name}`], []);
});
