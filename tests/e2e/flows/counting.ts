import assert from "node:assert/strict";
import type { ChatSuite, ChatWorld } from "../../support/chat/chat-suite.ts";
import { expectCode } from "../../support/http.ts";
import { parsePrometheus } from "../../support/http-prometheus.ts";
import { assertShown, checkLabels } from "../../support/metric-labels.ts";
import { declaredFamilies } from "../../support/metric-series.ts";
import { hasPrograms } from "../../support/monitoring-programs.ts";
import { checkWithPromtool } from "../../support/promtool.ts";
import { newSpot, openPair } from "../../support/stack-people.ts";
import { findDrivers, until } from "../../support/stack-search.ts";

/** What nothing happens for on a stack that works, or that has no V1. */
const QUIET = [
  "mobility_cache_errors_total",
  "mobility_rate_limited_total",
  "mobility_webhook_errors_total",
  "mobility_outbox_errors_total",
  "mobility_v1_changes_pending",
  "mobility_v1_oldest_change_seconds",
  "mobility_v1_rejects",
];

const hasPromtool = await hasPrograms(["promtool"]);

/** What the metrics show of everything that the other flows did; the last of them. */
export function countingFlows({ test }: ChatSuite): void {
  test("whoever leaves in the middle of asking for a ride is counted by the step", async (world) => {
    const passenger = world.phone();
    await passenger.write("Hello");
    await passenger.receive("welcome");
    await passenger.tap("menu:ride");
    await passenger.receive("choose_vehicle");
    await passenger.tap("veh:passenger:moto");
    await passenger.receive("ask_pickup");
    await world.sql`
      update mobility.conversations set last_inbound_at = now() - interval '31 minutes'
      where step = 'pickup'`;
    await world.sql`select public.roll_up()`;
    const page = parsePrometheus((await world.http.get("metrics")).text);
    assert.ok((page.get('mobility_conversations_abandoned_total{step="pickup"}') ?? 0) >= 1);
    await passenger.pin(newSpot());
    await passenger.receive("ask_dropoff");
  });

  test("the metrics page has every family once, with the labels it may have and bounded values", async (world) => {
    const jobs = ["sweep", "sweep_dispatch", "sweep_chat", "roll_up", "prune"];
    for (const job of jobs) await world.sql`select ${world.sql.unsafe(`public.${job}()`)}`;
    await world.work();
    await overHttp(world);
    // What a function counted is on its way to Redis when it has answered.
    const page = await until(
      async () => (await world.http.get("metrics")).text,
      (text) => /^mobility_positions_total/m.test(text) && /^mobility_errors_total/m.test(text),
    );
    await checkLabels(page, world.sql);
    assertShown(page, Object.keys(declaredFamilies).filter((family) => !QUIET.includes(family)));
    const samples = parsePrometheus(page);
    assert.ok((samples.get('mobility_offers_total{outcome="accepted"}') ?? 0) > 0);
    assert.ok((samples.get("mobility_offer_response_seconds_count") ?? 0) > 0);
    assert.ok((samples.get("mobility_time_to_match_seconds_count") ?? 0) > 0);
    assert.equal(samples.get("mobility_database_up"), 1);
    assert.equal(samples.get("mobility_cache_up"), 1);
    assert.equal(samples.get("mobility_realtime_up"), 1);
    assert.equal(samples.get("mobility_realtime_lost"), 0, "everything that changed was told");
    for (const job of [...jobs, "work"]) {
      assert.ok((samples.get(`mobility_job_runs_total{job="${job}"}`) ?? 0) > 0, job);
    }
    assert.doesNotMatch(
      page,
      /Person \d|250788|RW\.5000|[0-9a-f]{8}-[0-9a-f]{4}-/,
      "nobody is in it",
    );
    if (hasPromtool) assert.equal(await checkWithPromtool(page), "");
  });
}

/** What nobody does in chat: a search, a position of a phone, a request that is refused. */
async function overHttp(world: ChatWorld): Promise<void> {
  const { passenger, driver } = await openPair(world);
  await findDrivers(world, { trip: passenger.id });
  await world.http.post("tracking/update-location", {
    body: { trip_id: driver.id, lat: driver.pickup.lat, lng: driver.pickup.lng },
  });
  expectCode(await world.http.post("orchestrator/accept-match", { body: {} }), "VALIDATION_ERROR");
}
