import assert from "node:assert/strict";
import type { ChatSuite } from "../../support/chat/chat-suite.ts";
import { askForRide, goOnline } from "../../support/chat/rides.ts";
import { newSpot, north } from "../../support/stack-people.ts";

const DRIVERS = 30;

/** Everybody wants the same ride. */
export function crowdSuite({ test }: ChatSuite): void {
  test(`${DRIVERS} drivers tap Accept at once: one gets the ride, the others a clear answer`, async (world) => {
    const at = newSpot();
    const drivers = Array.from({ length: DRIVERS }, () => world.phone());
    const passenger = world.phone();
    await Promise.all(drivers.map((driver, index) => {
      return goOnline(driver, { at: north(at, 100 + 20 * index), plate: `RAD ${100 + index} C` });
    }));
    await askForRide(passenger, { at, to: north(at, 4000) });
    const found = await passenger.receive("drivers_found");
    assert.equal(found.choices.length, 10, "nine drivers and the best");
    const tripId = String(found.params["trip_id"]);
    // By chat the offers go out one at a time; the database can ask everybody at once.
    await world.sql`
      select public.dispatch_trip(p.user_id, p.id, (
        select jsonb_agg(jsonb_build_object('trip_id', l.trip_id, 'distance_m', 500, 'eta_s', 90))
        from mobility.live_positions l
        where l.role = 'driver' and mobility.distance_m(l.lat, l.lng, p.pickup_lat, p.pickup_lng) < 5000
      ), ${DRIVERS}, 60)
      from mobility.trips p where p.id = ${tripId}`;
    await world.work();
    await Promise.all(drivers.map((driver) => driver.receive("offer")));
    await passenger.receive("dispatching");

    await Promise.all(drivers.map((driver) => driver.tap("offer_yes:")));
    const answers = await Promise.all(drivers.map((driver) => driver.receiveAll()));
    await passenger.receive("ride_accepted");
    await passenger.assertQuiet();
    const kinds = answers.map((messages) => messages.map(({ kind }) => kind));
    assert.equal(kinds.filter(([kind]) => kind === "ride_won").length, 1, "one has won");
    for (const [index, messages] of answers.entries()) {
      if (kinds[index]?.[0] === "ride_won") {
        assert.deepEqual(kinds[index], ["ride_won"]);
        continue;
      }
      // By the winner's tap, and by their own.
      assert.ok(messages.length === 1 || messages.length === 2, `${kinds[index]}`);
      for (const { kind, params } of messages) {
        assert.equal(`${kind} ${params["reason"]}`, "offer_gone taken");
      }
    }
    const [row] = await world.sql`
      select (select count(*)::integer from mobility.matches where passenger_trip_id = ${tripId}) as matches,
        count(*) filter (where status = 'accepted')::integer as accepted,
        count(*) filter (where status = 'taken')::integer as taken
      from mobility.offers where passenger_trip_id = ${tripId}`;
    assert.deepEqual({ ...row }, { matches: 1, accepted: 1, taken: DRIVERS - 1 });
  });
}
