import assert from "node:assert/strict";
import { databaseTest } from "../../support/database.ts";
import { createLink, openLink, revokeLinks, type Viewer } from "../support/links.ts";
import { codeOf } from "../support/outcome.ts";
import { livePosition, ping, type PointAnswer } from "../support/positions.ts";
import { advance, type Connection, type Match, rideIn } from "../support/rides.ts";
import { letTimePass, snapshot } from "../support/trip-state.ts";

/** A ride of two people who have names, a plate and a language. */
async function namedRide(sql: Connection, status: string): Promise<Match> {
  const match = await rideIn(sql, status, { dropoff: { lat: -1.92, lng: 30.06 } });
  await sql`
    update mobility.profiles set display_name = 'Aline', locale = 'rw'
    where user_id = ${match.passenger_user_id}`;
  await sql`
    update mobility.profiles set display_name = 'Jean', locale = 'fr'
    where user_id = ${match.driver_user_id}`;
  await sql`
    insert into mobility.vehicles (user_id, vehicle_type, plate)
    values (${match.driver_user_id}, 'moto', 'RAB 123 A')`;
  return match;
}

async function update(
  sql: Connection,
  token: string,
  points: readonly unknown[],
): Promise<PointAnswer[]> {
  const [row] = await sql<{ answers: PointAnswer[] }[]>`
    select public.update_positions_by_link(${token}, ${
    JSON.stringify(points)
  }::text::jsonb) as answers`;
  return row?.answers ?? [];
}

databaseTest("open_link() shows each viewer exactly what that viewer may see", async ({ sql }) => {
  const match = await namedRide(sql, "accepted");
  const matchFields = [
    "accepted_at",
    "arrived_at",
    "cancel_reason",
    "completed_at",
    "created_at",
    "distance_m",
    "dropoff",
    "ended_at",
    "id",
    "initiated_by",
    "pickup",
    "respond_by",
    "started_at",
    "status",
    "updated_at",
    "vehicle_type",
  ];
  const more: Record<Viewer, string[]> = {
    passenger: ["currency", "fare_amount", "pin"],
    driver: ["currency", "fare_amount"],
    guest: [],
  };
  for (const viewer of ["passenger", "driver", "guest"] as const) {
    const { token, expires_at } = await createLink(sql, { match: match.id, viewer });
    assert.match(token, /^[0-9a-f]{32}$/);
    const opened = await openLink(sql, token);
    assert.deepEqual(
      Object.keys(opened.match).sort(),
      [...matchFields, ...more[viewer]].sort(),
      viewer,
    );
    assert.equal(opened.match["status"], "accepted");
    if (viewer === "passenger") assert.equal(opened.match["pin"], match.pin);
    const { id, ...link } = opened.link;
    assert.match(String(id), /^[0-9a-f-]{36}$/);
    assert.deepEqual(link, { viewer, expires_at, locale: viewer === "driver" ? "fr" : "rw" });
    const hours = (Date.parse(expires_at) - Date.now()) / 3_600_000;
    assert.ok(hours > 23.9 && hours < 24.1, `${hours} h`);
    assert.deepEqual(opened.driver, {
      driver_name: "Jean",
      vehicle_type: "moto",
      plate: "RAB 123 A",
      rating: null,
      rating_count: 0,
    });
    assert.equal(opened["passenger_name"], "Aline");
    assert.deepEqual(Object.keys(opened.driver_position ?? {}).sort(), [
      "accuracy_m",
      "heading",
      "lat",
      "lng",
      "position_age_s",
      "position_at",
      "speed_mps",
    ]);
    assert.deepEqual(Object.keys(opened).sort(), [
      "driver",
      "driver_position",
      "events",
      "link",
      "match",
      "now",
      "passenger_name",
      "vehicle",
    ]);
    const said = JSON.stringify(opened);
    for (
      const secret of [
        match.passenger_user_id,
        match.driver_user_id,
        match.passenger_trip_id,
        match.driver_trip_id,
        token,
        ...(viewer === "passenger" ? [] : [`"${match.pin}"`]),
      ]
    ) assert.ok(!said.includes(secret), `${viewer} sees ${secret}`);
  }
});

databaseTest(
  "open_link() tells how long the driver has been silent, and nothing of where after the ride",
  async ({ sql }) => {
    const match = await rideIn(sql, "accepted");
    const { token } = await createLink(sql, { match: match.id, viewer: "guest" });
    await ping(sql, [{ trip_id: match.driver_trip_id, lat: -1.951, lng: 30.06 }]);
    await letTimePass(sql, 75);
    const { driver_position } = await openLink(sql, token);
    assert.equal(driver_position?.["lat"], -1.951);
    assert.ok(Number(driver_position?.["position_age_s"]) >= 75);

    await advance(sql, { match: match.id, action: "cancel", as: "passenger", reason: "test" });
    const after = await openLink(sql, token);
    assert.deepEqual([after.match["status"], after.driver_position], ["cancelled_passenger", null]);
    // The driver goes on, and neither the link nor the passenger goes along.
    await ping(sql, [{ trip_id: match.driver_trip_id, lat: -1.952, lng: 30.06 }]);
    assert.equal((await openLink(sql, token)).driver_position, null);
    const [row] = await sql<{ tracked: Record<string, unknown> }[]>`
    select public.get_match(${match.passenger_user_id}, ${match.id}) as tracked`;
    assert.deepEqual([row?.tracked["driver_position"], row?.tracked["passenger_position"]], [
      null,
      null,
    ]);
  },
);

databaseTest(
  "a link that is unknown, expired or revoked opens nothing and moves nobody",
  async ({ sql }) => {
    const match = await rideIn(sql, "accepted");
    const make = (): ReturnType<typeof createLink> =>
      createLink(sql, { match: match.id, viewer: "driver" });
    const [expired, revoked, valid] = [await make(), await make(), await make()];
    const hash = (token: string): Uint8Array => new TextEncoder().encode(token);
    await sql`
    update mobility.trip_links set expires_at = now() where token_hash = sha256(${
      hash(expired.token)
    })`;
    await sql`
    update mobility.trip_links set revoked_at = now() where token_hash = sha256(${
      hash(revoked.token)
    })`;
    const point = { lat: -1.951, lng: 30.06 };
    const cases: [string, string][] = [
      ["LINK_NOT_FOUND", valid.token.toUpperCase()],
      ["LINK_NOT_FOUND", `${valid.token} `],
      ["LINK_NOT_FOUND", ""],
      ["LINK_NOT_FOUND", crypto.randomUUID().replaceAll("-", "")],
      ["LINK_EXPIRED", expired.token],
      ["LINK_EXPIRED", revoked.token],
      ["ok", valid.token],
    ];
    const before = await snapshot(sql);
    for (const [code, token] of cases) {
      assert.equal(await codeOf(openLink(sql, token)), code, token);
      if (code !== "ok") assert.equal(await codeOf(update(sql, token, [point])), code, token);
    }
    assert.equal(await snapshot(sql), before);
  },
);

databaseTest(
  "update_positions_by_link() moves the ride's driver, by the driver's link alone",
  async ({ sql }) => {
    const match = await rideIn(sql, "accepted");
    const other = await rideIn(sql, "accepted");
    const linkOf = async (viewer: Viewer): Promise<string> =>
      (await createLink(sql, { match: match.id, viewer })).token;
    const before = await snapshot(sql);
    for (const viewer of ["passenger", "guest"] as const) {
      assert.equal(
        await codeOf(update(sql, await linkOf(viewer), [{ lat: -1.951, lng: 30.06 }])),
        "FORBIDDEN",
        viewer,
      );
    }
    assert.equal(await snapshot(sql), before);
    const token = await linkOf("driver");
    assert.deepEqual(await update(sql, token, []), []);
    // Whatever trip a page names, it is the link that says whose it is.
    const answers = await update(sql, token, [
      { lat: 95, lng: 30.06 },
      { trip_id: other.driver_trip_id, lat: -1.951, lng: 30.06 },
    ]);
    assert.deepEqual(answers, [
      { trip_id: match.driver_trip_id, accepted: false, code: "INVALID_LOCATION" },
      { trip_id: match.driver_trip_id, accepted: true },
    ]);
    assert.equal((await livePosition(sql, match.driver_trip_id)).lat, -1.951);
    assert.equal((await livePosition(sql, other.driver_trip_id)).lat, -1.95);

    await advance(sql, { match: match.id, action: "arrive" });
    await advance(sql, { match: match.id, action: "start", pin: match.pin ?? "" });
    await advance(sql, { match: match.id, action: "complete" });
    const [late] = await update(sql, token, [{ lat: -1.952, lng: 30.06 }]);
    assert.equal(late?.code, "TRIP_COMPLETED");
  },
);

databaseTest(
  "create_link() is for the two people of a ride, each for their own side and guests",
  async ({ sql }) => {
    const { id: match, passenger_user_id, driver_user_id } = await rideIn(sql, "accepted");
    const as = {
      passenger: passenger_user_id,
      driver: driver_user_id,
      stranger: crypto.randomUUID(),
    };
    const cases: [keyof typeof as, Viewer, string][] = [
      ["passenger", "passenger", "ok"],
      ["passenger", "guest", "ok"],
      ["passenger", "driver", "FORBIDDEN"],
      ["driver", "driver", "ok"],
      ["driver", "guest", "ok"],
      ["driver", "passenger", "FORBIDDEN"],
      ["stranger", "guest", "FORBIDDEN"],
      ["stranger", "passenger", "FORBIDDEN"],
      ["stranger", "driver", "FORBIDDEN"],
    ];
    for (const [who, viewer, code] of cases) {
      assert.equal(
        await codeOf(createLink(sql, { match, viewer, acting_user: as[who] })),
        code,
        `${who} for ${viewer}`,
      );
    }
    const unknown = crypto.randomUUID();
    assert.equal(
      await codeOf(createLink(sql, { match: unknown, viewer: "guest" })),
      "MATCH_NOT_FOUND",
    );
    assert.equal(await codeOf(revokeLinks(sql, { match: unknown })), "MATCH_NOT_FOUND");
    assert.equal(await codeOf(revokeLinks(sql, { match, acting_user: as.stranger })), "FORBIDDEN");
  },
);

databaseTest("revoke_links() takes back the caller's side's links, once", async ({ sql }) => {
  const { id: match, passenger_user_id, driver_user_id } = await rideIn(sql, "accepted");
  const make = async (viewer: Viewer, acting_user?: string): Promise<string> =>
    (await createLink(sql, {
      match,
      viewer,
      ...(acting_user === undefined ? {} : { acting_user }),
    }))
      .token;
  const passengers = [
    await make("guest", passenger_user_id),
    await make("passenger", passenger_user_id),
    // What the service makes for a guest is the passenger's.
    await make("guest"),
  ];
  const drivers = [await make("guest", driver_user_id), await make("driver")];
  assert.equal(await revokeLinks(sql, { match, acting_user: passenger_user_id }), 3);
  for (const token of passengers) assert.equal(await codeOf(openLink(sql, token)), "LINK_EXPIRED");
  for (const token of drivers) assert.equal(await codeOf(openLink(sql, token)), "ok");
  assert.equal(await revokeLinks(sql, { match, acting_user: passenger_user_id }), 0);
  const again = await make("guest", passenger_user_id);
  assert.equal(await revokeLinks(sql, { match }), 3);
  assert.equal(await codeOf(openLink(sql, again)), "LINK_EXPIRED");
});
