import assert from "node:assert/strict";
import { databaseTest } from "../support/database.ts";
import { codeOf, outcomeOf } from "./support/outcome.ts";
import { advance, type Connection, type Match, rideIn, type Side } from "./support/rides.ts";
import { snapshot } from "./support/trip-state.ts";

const STATES = [
  "pending",
  "accepted",
  "driver_arrived",
  "in_progress",
  "completed",
  "declined",
  "expired",
  "cancelled_driver",
  "cancelled_passenger",
];
const ACTIONS = ["accept", "decline", "arrive", "start", "complete", "cancel"];
const ACTORS = ["driver", "passenger", "service", "stranger"] as const;

interface Case {
  readonly action: string;
  readonly status: string;
  readonly actor: typeof ACTORS[number];
  readonly initiated_by: Side;
}

/** Written by hand from the rules, so that a slip in mobility.match_transitions shows. */
function expected({ action, status, actor, initiated_by }: Case): string {
  if (actor === "stranger") return "FORBIDDEN";
  const asked = initiated_by === "passenger" ? "driver" : "passenger";
  if (actor === "service" && action === "cancel") return "VALIDATION_ERROR";
  // Unless told otherwise, the service acts for the side whose turn the action is.
  const answers = action === "accept" || action === "decline";
  const side = actor === "service" ? (answers ? asked : "driver") : actor;
  if (answers && side !== asked) return "FORBIDDEN";
  if (["arrive", "start", "complete"].includes(action) && side !== "driver") return "FORBIDDEN";
  const next: Record<string, Record<string, string>> = {
    accept: { pending: "accepted" },
    decline: { pending: "declined" },
    arrive: { accepted: "driver_arrived" },
    start: { driver_arrived: "in_progress" },
    complete: { in_progress: "completed" },
    cancel: Object.fromEntries(STATES.slice(0, 4).map((live) => [live, `cancelled_${side}`])),
  };
  return next[action]?.[status] ?? "MATCH_INVALID_STATE";
}

function actingUser(match: Match, actor: Case["actor"]): { acting_user?: string } {
  if (actor === "service") return {};
  if (actor === "stranger") return { acting_user: crypto.randomUUID() };
  return { acting_user: actor === "driver" ? match.driver_user_id : match.passenger_user_id };
}

async function check(sql: Connection, one: Case): Promise<void> {
  const label = JSON.stringify(one);
  const match = await rideIn(sql, one.status, { initiated_by: one.initiated_by });
  const before = await snapshot(sql);
  const outcome = await outcomeOf(advance(sql, {
    match: match.id,
    action: one.action,
    ...actingUser(match, one.actor),
    ...(match.pin === undefined ? {} : { pin: match.pin }),
    reason: "changed my mind",
  }));
  const wanted = expected(one);
  assert.equal(outcome.code === "ok" ? outcome.answer.status : outcome.code, wanted, label);
  const changed = await snapshot(sql) !== before;
  assert.equal(changed, STATES.includes(wanted), `${label} changed something: ${changed}`);
  if (!STATES.includes(wanted)) return;
  const side = one.actor === "service"
    ? one.action === "accept" || one.action === "decline"
      ? one.initiated_by === "passenger" ? "driver" : "passenger"
      : "driver"
    : one.actor;
  const [event] = await sql`
    select from_status, to_status, actor from mobility.match_events
    where match_id = ${match.id} order by id desc limit 1`;
  assert.deepEqual(event, { from_status: one.status, to_status: wanted, actor: side }, label);
}

for (const action of ACTIONS) {
  databaseTest(
    `advance_match() with "${action}" does what the table of transitions says in every state, for everybody`,
    async ({ sql }) => {
      for (const initiated_by of ["passenger", "driver"] as const) {
        for (const status of STATES) {
          for (const actor of ACTORS) await check(sql, { action, status, actor, initiated_by });
        }
      }
      // The snapshots stay small.
      await sql`truncate mobility.profiles, mobility.live_positions cascade`;
    },
  );
}

databaseTest("match_transitions holds exactly the documented moves", async ({ sql }) => {
  const rows = await sql<{ move: string }[]>`
    select action || ' ' || from_status || ' ' || actor || ' ' || to_status as move
    from mobility.match_transitions`;
  const wanted = [
    ...["driver", "passenger"].flatMap((side) => [
      `accept pending ${side} accepted`,
      `decline pending ${side} declined`,
      ...STATES.slice(0, 4).map((live) => `cancel ${live} ${side} cancelled_${side}`),
    ]),
    "arrive accepted driver driver_arrived",
    "start driver_arrived driver in_progress",
    "complete in_progress driver completed",
    ...STATES.slice(0, 4).map((live) => `expire ${live} system expired`),
    ...STATES.slice(0, 4).map((live) => `stop ${live} system cancelled_passenger`),
    ...STATES.slice(0, 3).map((live) => `redispatch ${live} system cancelled_driver`),
  ];
  assert.deepEqual(rows.map(({ move }) => move).sort(), wanted.sort());
});

databaseTest("advance_match() refuses an unknown action, match or side", async ({ sql }) => {
  const match = await rideIn(sql, "accepted");
  const before = await snapshot(sql);
  const code = async (move: Parameters<typeof advance>[1]): Promise<string> =>
    (await outcomeOf(advance(sql, move))).code;
  assert.equal(await code({ match: match.id, action: "fly", as: "driver" }), "FORBIDDEN");
  // An operator's, by calls of their own.
  assert.equal(await code({ match: match.id, action: "stop", as: "driver" }), "FORBIDDEN");
  assert.equal(
    await code({ match: match.id, action: "redispatch", as: "system" }),
    "VALIDATION_ERROR",
  );
  assert.equal(await code({ match: match.id, action: "fly" }), "VALIDATION_ERROR");
  assert.equal(await code({ match: match.id, action: "arrive", as: "stranger" }), "FORBIDDEN");
  assert.equal(
    await code({ match: crypto.randomUUID(), action: "arrive" }),
    "MATCH_NOT_FOUND",
  );
  assert.equal(await snapshot(sql), before);
});

databaseTest("advance_match() keeps the time of every step", async ({ sql }) => {
  const match = await rideIn(sql, "completed");
  const [stamps] = await sql`
    select created_at <= accepted_at and accepted_at <= arrived_at and arrived_at <= started_at
        and started_at <= completed_at as in_order,
      ended_at = completed_at and updated_at = completed_at as ended
    from mobility.matches where id = ${match.id}`;
  assert.deepEqual(stamps, { in_order: true, ended: true });
});

databaseTest("advance_match() refuses an answer that comes too late", async ({ sql }) => {
  const match = await rideIn(sql, "pending");
  await sql`update mobility.matches set respond_by = now() where id = ${match.id}`;
  const before = await snapshot(sql);
  for (const action of ["accept", "decline"]) {
    assert.equal(
      (await outcomeOf(advance(sql, { match: match.id, action }))).code,
      "MATCH_EXPIRED",
    );
  }
  assert.equal(await snapshot(sql), before);
  const withdrawn = await advance(sql, { match: match.id, action: "cancel", as: "passenger" });
  assert.equal(withdrawn.status, "cancelled_passenger");
});

databaseTest("advance_match() lets nobody act as the system", async ({ sql }) => {
  const match = await rideIn(sql, "pending");
  const expire = (as: string): Promise<unknown> =>
    sql`select public.advance_match(null, ${match.id}, 'expire', ${as})`;
  assert.equal(await codeOf(expire("system")), "VALIDATION_ERROR");
  assert.equal(await codeOf(expire("driver")), "FORBIDDEN");
});
