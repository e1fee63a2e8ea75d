import assert from "node:assert/strict";
import postgres from "postgres";
import { createDatabase, hasDatabase } from "../support/database.ts";
import { placeCrowd, scatter, seededRandom } from "./support/crowd.ts";

const CENTRE = { lat: -1.95, lng: 30.06 };

Deno.test({
  name:
    "find_nearby() on 10,000 drivers walks one pool's index in order of distance, without a sort",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createDatabase();
    const random = seededRandom(1);
    for (const [vehicle_type, count] of [["moto", 9950], ["truck", 50]] as const) {
      await placeCrowd(database.sql, scatter(CENTRE, { count, spread: 0.1, random }), {
        vehicle_type,
      });
    }
    await database.sql`vacuum analyze mobility.live_positions`;

    // auto_explain tells the plans of the statements inside functions, as they were run.
    const plans: string[] = [];
    const session = postgres(database.url, {
      max: 1,
      onnotice: ({ message }) => plans.push(message ?? ""),
    });
    try {
      await session.unsafe(`
        load 'auto_explain';
        set auto_explain.log_min_duration = 0;
        set auto_explain.log_nested_statements = on;
        set auto_explain.log_analyze = on;
        set auto_explain.log_timing = off;
        set client_min_messages = log;
      `).simple();
      for (const vehicle_type of ["moto", "truck"]) {
        plans.length = 0;
        await session`
          select public.find_nearby(p_role => 'driver', p_vehicle_type => ${vehicle_type},
            p_lat => ${CENTRE.lat}, p_lng => ${CENTRE.lng}, p_limit => 20)`;
        const searches = plans.filter((plan) => /Scan.* on (?:mobility\.)?live_/.test(plan));
        assert.equal(searches.length, 1, `one statement reads positions:\n${plans.join("\n")}`);
        const [plan = ""] = searches;
        const scans = plan.match(/\w+ Scan.*/g) ?? [];
        const index = new RegExp(
          `^Index Scan using live_drivers_${vehicle_type}_position_idx on live_drivers_${vehicle_type} `,
        );
        // Also in a pool so small that reading and sorting it whole would be planned.
        assert.match(scans.find((scan) => scan.includes("live_")) ?? "", index, plan);
        assert.match(plan, /Order By: \("?position"? (?:OPERATOR\(extensions\.<->\)|<->) /);
        assert.doesNotMatch(plan, /Sort/);
        assert.match(
          plan,
          new RegExp(`Index Scan using live_drivers_${vehicle_type}_position_idx.*actual rows=20 `),
        );
        const pools = new Set(plan.match(/ on live_\w+/g) ?? []);
        assert.deepEqual([...pools], [` on live_drivers_${vehicle_type}`]);
      }
    } finally {
      await session.end({ timeout: 5 });
    }
  },
});
