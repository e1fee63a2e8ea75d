import assert from "node:assert/strict";
import { describeDatabase, programEnvironment } from "../../../scripts/backup/connection.ts";

Deno.test("programEnvironment() takes a URL apart, asks for TLS away from home, and inherits nothing", () => {
  const url =
    "postgresql://postgres.ref:p%40ss%2Fw%3Ard@aws-0-eu.pooler.supabase.com:5432/postgres";
  const environment = programEnvironment(url);
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE } = environment;
  assert.deepEqual([PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE], [
    "aws-0-eu.pooler.supabase.com",
    "5432",
    "postgres.ref",
    "p@ss/w:rd",
    "postgres",
    "require",
  ]);
  assert.equal(environment["PGSERVICE"], undefined);
  assert.equal(programEnvironment(`${url}?sslmode=verify-full`)["PGSSLMODE"], "verify-full");
  const local = programEnvironment("postgres://me@[::1]/db");
  assert.deepEqual([local["PGHOST"], local["PGSSLMODE"], local["PGPASSWORD"]], [
    "::1",
    undefined,
    undefined,
  ]);
  assert.equal(describeDatabase(url), "aws-0-eu.pooler.supabase.com:5432/postgres");
});
