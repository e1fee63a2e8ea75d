import assert from "node:assert/strict";
import { createDatabase, hasDatabase, type TestDatabase } from "../../support/database.ts";
import { dispatchTrip, onlineDrivers } from "../chat/support/dispatch.ts";
import { type Connection, openTrip, rideIn, sweep } from "../support/rides.ts";
import { letTimePass } from "../support/trip-state.ts";
import { databaseGauges, gauges } from "./support/totals.ts";

function gaugeTest(
  name: string,
  test: (database: TestDatabase) => Promise<void>,
  options: { readonly realtime?: boolean } = {},
): void {
  Deno.test({
    name,
    ignore: !hasDatabase,
    fn: async () => {
      await using database = await createDatabase(options);
      await test(database);
    },
  });
}

/** The open trips by the trips themselves. */
async function openTrips(sql: Connection): Promise<Record<string, number>> {
  const rows = await sql<{ role: string; vehicle_type: string; count: number }[]>`
    select role, vehicle_type, count(*)::int from mobility.trips where status = 'open' group by 1, 2`;
  return Object.fromEntries(
    rows.map(({ role, vehicle_type, count }) => [
      `mobility_trips_open{role="${role}",vehicle_type="${vehicle_type}"}`,
      count,
    ]),
  );
}

gaugeTest(
  "operations_gauges() counts drivers, trips, matches and searches as they are now",
  async ({ sql }) => {
    for (
      const status of ["pending", "accepted", "accepted", "in_progress", "completed", "declined"]
    ) {
      await rideIn(sql, status);
    }
    await openTrip(sql, "driver", { vehicle_type: "cab" });
    const silent = await openTrip(sql, "driver", { vehicle_type: "truck", expires_in_s: 14_400 });
    await sql`update mobility.live_positions set position_at = now() - interval '31 minutes'
    where trip_id = ${silent.id}`;
    await sweep(sql);
    const in2Hours = new Date(Date.now() + 7_200_000).toISOString();
    await openTrip(sql, "passenger", { vehicle_type: "lifan", scheduled_for: in2Hours });
    const { id } = await openTrip(sql, "passenger");
    await dispatchTrip(sql, { trip: id, drivers: await onlineDrivers(sql, 2) });

    assert.deepEqual(await gauges(sql, "mobility_trips_open"), await openTrips(sql));
    // One was declined, two are being asked.
    assert.deepEqual(await gauges(sql, "mobility_drivers_available"), {
      'mobility_drivers_available{vehicle_type="moto"}': 3,
      'mobility_drivers_available{vehicle_type="cab"}': 1,
    });
    assert.deepEqual(await gauges(sql, "mobility_matches_live"), {
      'mobility_matches_live{status="pending"}': 1,
      'mobility_matches_live{status="accepted"}': 2,
      'mobility_matches_live{status="in_progress"}': 1,
    });
    assert.equal((await gauges(sql))["mobility_dispatches_searching"], 1);
    await letTimePass(sql, 4000);
    for (let i = 0; i < 2; i++) await sweep(sql);
    assert.deepEqual(await gauges(sql, "mobility_trips_open"), await openTrips(sql));
  },
);

gaugeTest(
  "operations_gauges() tells of calls for help until they are acknowledged, and of the rollout",
  async ({ sql }) => {
    const { id, driver_user_id, passenger_user_id } = await rideIn(sql, "in_progress");
    assert.deepEqual(await gauges(sql, "mobility_sos"), {});
    await sql`insert into mobility.sos_alerts (match_id, user_id, side, created_at) values
    (${id}, ${driver_user_id}, 'driver', now() - interval '90 seconds'),
    (${id}, ${passenger_user_id}, 'passenger', now())`;
    const open = await gauges(sql, "mobility_sos");
    assert.equal(open["mobility_sos_open"], 2);
    const oldest = open["mobility_sos_oldest_seconds"] ?? 0;
    assert.ok(oldest >= 90 && oldest < 95, `${oldest} s`);
    await sql`update mobility.sos_alerts set acknowledged_at = now()`;
    assert.deepEqual(await gauges(sql, "mobility_sos"), {});
    await sql`select public.set_rollout(25)`;
    assert.equal((await gauges(sql))["mobility_rollout_percent"], 25);
  },
);

gaugeTest("operations_gauges() tells when each job last did its work", async ({ sql }) => {
  await sql`select public.sweep()`;
  const found = await gauges(sql, "mobility_job");
  const at = found['mobility_job_last_success_timestamp_seconds{job="sweep"}'] ?? 0;
  assert.ok(Math.abs(at - Date.now() / 1000) < 60, `at ${at}`);
  assert.equal(found['mobility_job_runs_total{job="sweep"}'], 1);
  assert.equal(found['mobility_job_runs_total{job="prune"}'], undefined);
  assert.ok(found['mobility_job_last_success_timestamp_seconds{job="prune"}'], "never: since when");
});

gaugeTest("operations_gauges() says nothing of Realtime where there is none", async ({ sql }) => {
  await rideIn(sql, "completed");
  assert.deepEqual(await gauges(sql, "mobility_realtime"), {});
});

gaugeTest(
  "operations_gauges() counts what Realtime did not take in the last 15 minutes",
  async ({ sql }) => {
    const { id } = await rideIn(sql, "completed");
    const up = { mobility_realtime_up: 1 };
    assert.deepEqual(await gauges(sql, "mobility_realtime"), up);
    const [messages] = await sql`select from realtime.messages where topic = 'mobility:probe'`;
    assert.equal(messages, undefined, "what it was tried with is taken back");

    // One kind of message in four is looked for, in turn.
    await sql`delete from realtime.messages where topic = 'operators'`;
    const [turn] = await sql<{ count: number }[]>`
    select count(*)::int from mobility.match_events where id % 4 = 3`;
    assert.ok((turn?.count ?? 0) >= 1);
    assert.equal((await gauges(sql))["mobility_realtime_lost"], turn?.count);

    await sql`delete from realtime.messages`;
    const lost = { ...up, mobility_realtime_lost: 5 };
    assert.deepEqual(await gauges(sql, "mobility_realtime"), lost, `of ${id}`);
    // What another system has told of is not looked for here.
    await sql`insert into mobility.match_events (match_id, from_status, to_status, actor)
    values (${id}, 'completed', 'completed', 'system')`;
    assert.deepEqual(await gauges(sql, "mobility_realtime"), lost);
    await sql`update mobility.match_events set at = at - interval '14 minutes'`;
    assert.deepEqual(await gauges(sql, "mobility_realtime"), lost);
    await sql`update mobility.match_events set at = at - interval '2 minutes'`;
    assert.deepEqual(await gauges(sql, "mobility_realtime"), up);
  },
  { realtime: true },
);

gaugeTest(
  "operations_gauges() says that Realtime is down when there is no table for today",
  async ({ sql }) => {
    // As on Supabase: cut up by days, which Realtime makes ahead; here it has stopped doing so.
    await sql.unsafe(`
    alter table realtime.messages rename to whole;
    create table realtime.messages (like realtime.whole including defaults, primary key (id, inserted_at))
      partition by range (inserted_at);
    create table realtime.messages_before partition of realtime.messages
      for values from (minvalue) to ('2000-01-01')`);
    const { id } = await rideIn(sql, "accepted");
    assert.ok(id, "rides go on");
    const down = await gauges(sql, "mobility_realtime");
    assert.deepEqual(down, { mobility_realtime_lost: 2 });
    await sql.unsafe(`
    create table realtime.messages_now partition of realtime.messages
      for values from ('2000-01-01') to (maxvalue)`);
    await rideIn(sql, "accepted");
    assert.deepEqual(await gauges(sql, "mobility_realtime"), { ...down, mobility_realtime_up: 1 });
  },
  { realtime: true },
);

gaugeTest(
  "operations_gauges() passes on what the bridge to V1 says, and goes without it when it fails",
  async ({ sql }) => {
    await sql.unsafe(`
    create schema if not exists mobility_v1;
    create or replace function mobility_v1.gauges() returns jsonb language sql set search_path = '' as
      $$ select '{"mobility_v1_changes_pending": [{"value": 7}]}'::jsonb $$`);
    assert.deepEqual(await gauges(sql, "mobility_v1"), { mobility_v1_changes_pending: 7 });
    await sql.unsafe(`
    create or replace function mobility_v1.gauges() returns jsonb language sql set search_path = '' as
      $$ select to_jsonb(1 / 0) $$`);
    assert.equal((await gauges(sql))["mobility_rollout_percent"], 100);
  },
);

gaugeTest(
  "database_gauges() tells of connections, locks and the oldest transaction",
  async ({ sql }) => {
    const { id } = await openTrip(sql, "passenger");
    await sql.begin(async (holder) => {
      await holder`select 1 from mobility.trips where id = ${id} for update`;
      const waiting = sql`select 1 from mobility.trips where id = ${id} for update`.execute();
      const deadline = performance.now() + 5_000;
      let found = await databaseGauges(sql);
      while ((found["mobility_database_lock_waits"] ?? 0) < 1) {
        assert.ok(performance.now() < deadline, "nobody waits for the lock");
        await new Promise((resolve) => setTimeout(resolve, 20));
        found = await databaseGauges(sql);
      }
      assert.ok((found['mobility_database_connections{state="idle_in_transaction"}'] ?? 0) >= 1);
      assert.ok((found['mobility_database_connections{state="active"}'] ?? 0) >= 1);
      assert.ok((found["mobility_database_connections_max"] ?? 0) >= 20);
      const oldest = found["mobility_database_oldest_transaction_seconds"] ?? 0;
      assert.ok(oldest > 0 && oldest < 60, `${oldest} s`);
      assert.ok((found["mobility_database_size_bytes"] ?? 0) > 1e6);
      assert.ok((found['mobility_database_transactions_total{outcome="commit"}'] ?? 0) > 0);
      assert.ok((found['mobility_database_blocks_total{source="cache"}'] ?? 0) > 0);
      // The row is let go, or the other would wait for ever.
      waiting.catch(() => {});
    });
  },
);

gaugeTest("database_gauges() adds partitions up under their table", async ({ sql }) => {
  for (const vehicle_type of ["moto", "cab"]) await openTrip(sql, "driver", { vehicle_type });
  await sql`analyze`;
  const found = await databaseGauges(sql);
  assert.equal(found['mobility_table_rows{kind="live",table="live_positions"}'], 2);
  const bytes = found['mobility_table_bytes{table="live_positions"}'] ?? 0;
  const [pool] = await sql<{ bytes: number }[]>`
    select pg_total_relation_size('mobility.live_drivers_moto')::int as bytes`;
  assert.ok(bytes > 2 * (pool?.bytes ?? Infinity), `${bytes} bytes`);
  const tables = Object.keys(found).filter((series) => series.startsWith("mobility_table_bytes"));
  assert.ok(tables.length > 30 && tables.every((series) => !series.includes("live_drivers")));
});
