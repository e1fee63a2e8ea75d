import assert from "node:assert/strict";
import {
  findPostgresBinaries,
  PostgresNotFoundError,
} from "../../../scripts/postgres/postgres-binaries.ts";
import { startSynchronousStandby } from "../../../scripts/postgres/synchronous-standby.ts";
import { startTemporaryPostgres } from "../../../scripts/postgres/temporary-postgres.ts";
import { withConnection } from "../../../scripts/postgres/test-server.ts";

const MODULE = new URL("../../../scripts/postgres/temporary-postgres.ts", import.meta.url).href;

/** `DATABASE_URL` does not help here: these tests need a server that they can start. */
const ignore = await findPostgresBinaries().then(() => false, (error: unknown) => {
  if (error instanceof PostgresNotFoundError) return true;
  throw error;
});

async function answers(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  try {
    using _connection = await Deno.connect({ hostname, port: Number(port) });
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

Deno.test({
  name: "startTemporaryPostgres() starts with the given settings and is gone when closed",
  ignore,
  async fn(): Promise<void> {
    const server = await startTemporaryPostgres({ durable: true, settings: { work_mem: "9MB" } });
    const settings = await withConnection(
      server.url,
      (sql) =>
        sql`select current_setting('work_mem') as work_mem, current_setting('fsync') as fsync`,
    );
    assert.deepEqual([...settings], [{ work_mem: "9MB", fsync: "on" }]);
    await server.close();
    assert.equal(await answers(server.url), false);
  },
});

Deno.test({
  name: "startTemporaryPostgres() has no more memory than it is given, where that can be enforced",
  ignore,
  async fn(): Promise<void> {
    const memoryBytes = 256 * 2 ** 20;
    await using server = await startTemporaryPostgres({ memoryBytes });
    if (await server.peakMemory() === undefined) return;
    await withConnection(server.url, async (sql) => {
      await sql`create table big as
        select repeat(md5(i::text), 30) as text from generate_series(1, 400000) as i`;
      const [sizes] = await sql`select pg_relation_size('big') > ${memoryBytes} as bigger`;
      assert.equal(sizes?.bigger, true);
    });
    const peak = await server.peakMemory();
    assert.ok(peak !== undefined && peak > 2 ** 20 && peak <= memoryBytes, `${peak} bytes`);
  },
});

Deno.test({
  name: "startTemporaryPostgres() crashes and comes back with what was committed",
  ignore,
  async fn(): Promise<void> {
    await using server = await startTemporaryPostgres({ durable: true });
    await withConnection(server.url, (sql) => sql`create table kept as select 1 as one`);
    for (const mode of ["immediate", "fast"] as const) {
      await server.stop(mode);
      assert.equal(await answers(server.url), false);
      await server.start();
      const rows = await withConnection(server.url, (sql) => sql`select one from kept`);
      assert.deepEqual([...rows], [{ one: 1 }]);
    }
  },
});

Deno.test({
  name: "promote() makes a synchronous standby go on with every commit of a server that crashed",
  ignore,
  async fn(): Promise<void> {
    await using primary = await startTemporaryPostgres({ durable: true });
    await using standby = await withConnection(primary.url, async (sql) => {
      const follower = await startSynchronousStandby(sql, {
        durable: true,
        standbyOf: primary.url,
      });
      await sql`create table kept as select 1 as one`;
      return follower;
    });
    await assert.rejects(
      withConnection(standby.url, (sql) => sql`insert into kept values (2)`),
      /read-only/,
    );
    await primary.stop("immediate");
    await standby.promote();
    const rows = await withConnection(
      standby.url,
      (sql) => sql`insert into kept select one + 1 from kept returning one`,
    );
    assert.deepEqual([...rows], [{ one: 2 }]);
    await assert.rejects(standby.promote(), /promote/);
  },
});

Deno.test({
  name: "startTemporaryPostgres() leaves no server behind when its process is killed",
  ignore,
  async fn(): Promise<void> {
    const code = `
      import { startTemporaryPostgres } from ${JSON.stringify(MODULE)};
      const server = await startTemporaryPostgres();
      Deno.stdout.writeSync(new TextEncoder().encode(server.url));
      setInterval(() => {}, 1000);`;
    const parent = new Deno.Command(Deno.execPath(), {
      args: ["eval", code],
      stdout: "piped",
    }).spawn();
    const reader = parent.stdout.getReader();
    const url = new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    assert.equal(await answers(url), true);

    parent.kill("SIGKILL");
    await parent.status;
    const deadline = Date.now() + 10_000;
    while (await answers(url) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(await answers(url), false);
  },
});
