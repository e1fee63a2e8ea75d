import assert from "node:assert/strict";
import postgres from "postgres";
import { ConnectionGoneError, SteadyPool } from "../../scripts/stack/steady-pool.ts";
import { createDatabase, hasDatabase } from "../support/database.ts";

Deno.test({
  name: "SteadyPool sends nothing over a pool that lost a connection, and opens another one",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const { url, sql } = database;
    let opened = 0;
    const lost = Promise.withResolvers<void>();
    const pool = new SteadyPool((onClose) => {
      opened++;
      const onclose = (): void => {
        onClose();
        lost.resolve();
      };
      return postgres(url, { max: 3, onnotice: () => {}, onclose });
    });
    const held = await pool.reserve();
    const [row] = await held.unsafe("select pg_backend_pid() as pid");
    await (await pool.reserve()).unsafe("select 1");
    assert.equal(opened, 1);

    await sql`select pg_terminate_backend(${row?.["pid"]})`;
    await lost.promise;
    // A transaction that is rolled back after its connection has gone: what the library would die of.
    assert.throws(() => held.unsafe("rollback"), ConnectionGoneError);
    const next = await pool.reserve();
    assert.deepEqual([...await next.unsafe("select 1 as one")], [{ one: 1 }]);
    assert.equal(opened, 2);
    await pool.end();
  },
});
