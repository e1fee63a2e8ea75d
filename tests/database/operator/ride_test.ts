import assert from "node:assert/strict";
import { chatTest } from "../chat/support/chat-test.ts";
import { answerOffer, dispatchTrip, offersOf, onlineDrivers } from "../chat/support/dispatch.ts";
import { newPerson } from "../chat/support/people.ts";
import { codeOf } from "../support/outcome.ts";
import { advance, type Match, openTrip, rate, rideIn } from "../support/rides.ts";
import {
  acknowledgeBy,
  callForHelp,
  newOperator,
  redispatchBy,
  rideOf,
} from "./support/operator.ts";

chatTest(
  "operator_ride() tells the whole way of a passenger to a ride, in order",
  async ({ sql }) => {
    const operator = await newOperator(sql, "Claire");
    const aline = await newPerson(sql, "Aline");
    const { id: trip } = await openTrip(sql, "passenger", { user_id: aline.user_id });
    const drivers = await onlineDrivers(sql, 3);
    await dispatchTrip(sql, { trip, drivers, batch_size: 2 });
    const [no, yes] = await offersOf(sql, trip);
    assert.ok(no && yes);
    await answerOffer(sql, no, false);
    await answerOffer(sql, yes, true);
    const [first] = await sql<
      Match[]
    >`select * from mobility.matches where passenger_trip_id = ${trip}`;
    assert.ok(first);
    await redispatchBy(sql, operator, { match: first.id });
    await dispatchTrip(sql, { trip, drivers: drivers.slice(2) });
    const again = (await offersOf(sql, trip)).find(({ status }) => status === "offered");
    assert.ok(again);
    await answerOffer(sql, again, true);
    const [second] = await sql<Match[]>`
    select m.*, p.pin from mobility.matches m join mobility.match_pins p on p.match_id = m.id
    where m.live and passenger_trip_id = ${trip}`;
    assert.ok(second);
    const alert = await callForHelp(sql, second);
    await acknowledgeBy(sql, operator, { alert });
    for (const action of ["arrive", "start", "complete"]) {
      await advance(sql, { match: second.id, action, as: "driver", pin: second.pin ?? "" });
    }
    await rate(sql, { match: second.id, rating: 4, as: "passenger" });

    const ride = await rideOf(sql, operator, second.id);
    const told = ride.timeline.filter(({ kind }) => kind !== "message").map((entry) =>
      [entry.kind, entry.action ?? entry.status ?? entry.rating ?? entry.side, entry.match_id]
        .filter((part) => part !== undefined).join(" ")
    );
    assert.deepEqual(told, [
      "opened",
      "dispatch running",
      "offer offered",
      "offer offered",
      "offer declined",
      "offer accepted",
      `match pending ${first.id}`,
      `match accepted ${first.id}`,
      "dispatch taken",
      "operator redispatch",
      `match cancelled_driver ${first.id}`,
      "dispatch running",
      "offer offered",
      "offer accepted",
      `match pending ${second.id}`,
      `match accepted ${second.id}`,
      "dispatch taken",
      "sos passenger",
      "operator acknowledge_sos",
      `match driver_arrived ${second.id}`,
      `match in_progress ${second.id}`,
      `match completed ${second.id}`,
      "rating 4",
    ]);
    const said = ride.timeline.filter(({ kind }) => kind === "message");
    assert.deepEqual(
      said.filter(({ to }) => to === "passenger").map(({ message }) => message).filter((kind) =>
        kind?.startsWith("ride_")
      ),
      ["ride_accepted", "ride_withdrawn", "ride_accepted", "ride_started"],
    );
    assert.ok(said.every(({ status }) => status === "queued"));
  },
);

chatTest(
  "operator_ride() shows whom to call, and neither PIN, token nor what was said",
  async ({ sql }) => {
    const passenger = await newPerson(sql, "Aline");
    const { id: trip } = await openTrip(sql, "passenger", { user_id: passenger.user_id });
    const [driver] = await onlineDrivers(sql, 1);
    assert.ok(driver);
    await dispatchTrip(sql, { trip, drivers: [driver] });
    const [offer] = await offersOf(sql, trip);
    assert.ok(offer);
    await answerOffer(sql, offer, true);
    const [row] = await sql<{ id: string; pin: string; token: string }[]>`
    select m.id, p.pin, o.params ->> 'link_token' as token
    from mobility.matches m join mobility.match_pins p on p.match_id = m.id
    join mobility.outbox o on o.user_id = m.passenger_user_id and o.kind = 'ride_accepted'
    where m.passenger_trip_id = ${trip}`;
    assert.ok(row?.token);
    const ride = await rideOf(sql, null, row.id);
    assert.equal(ride.passenger.phone, passenger.phone);
    assert.match(ride.driver.phone ?? "", /^\+/);
    const text = JSON.stringify(ride);
    assert.ok(!text.includes(row.token) && !text.includes(`"${row.pin}"`), text);
    assert.ok(!("pin" in ride.match));
  },
);

chatTest(
  "operator_ride() shows where a ride went, and after it nobody's position",
  async ({ sql }) => {
    const ride = await rideIn(sql, "in_progress");
    for (const [i, lat] of [-1.951, -1.952, -1.953].entries()) {
      const point = {
        trip_id: ride.driver_trip_id,
        lat,
        lng: 30.06,
        recorded_at: new Date(Date.now() + (i - 3) * 1000).toISOString(),
      };
      await sql`update mobility.matches set accepted_at = now() - interval '1 minute' where id = ${ride.id}`;
      await sql`
      update mobility.live_positions set position_at = now() - interval '10 seconds'
      where trip_id = ${ride.driver_trip_id} and ${i} = 0`;
      await sql`select public.update_positions(null, ${JSON.stringify([point])}::text::jsonb)`;
    }
    const during = await rideOf(sql, null, ride.id);
    assert.deepEqual(during.way.map(([lat]) => lat), [-1.951, -1.952, -1.953]);
    assert.equal(during.positions.points, 3);
    assert.equal(during.positions.driver?.lat, -1.953);
    await advance(sql, { match: ride.id, action: "cancel", as: "driver" });
    const after = await rideOf(sql, null, ride.id);
    assert.deepEqual([after.positions.driver, after.positions.passenger], [null, null]);
    assert.equal(after.way.length, 3);
  },
);

chatTest("operator_ride() of no match is MATCH_NOT_FOUND", async ({ sql }) => {
  assert.equal(await codeOf(rideOf(sql, null, crypto.randomUUID())), "MATCH_NOT_FOUND");
});
