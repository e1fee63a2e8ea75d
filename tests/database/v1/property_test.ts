import assert from "node:assert/strict";
import { createRandom, pick } from "../../../scripts/city/random.ts";
import { hasDatabase } from "../../support/database.ts";
import {
  differences,
  syncToQuiet,
  unexpectedBreaches,
} from "../../../scripts/v1/rehearsal/compare-sides.ts";
import { V1_DEEDS, V2_DEEDS } from "./support/two-sides.ts";
import { createBridged } from "./support/v1-database.ts";

/** `V1_RUNS=500 deno task test tests/database/v1/property_test.ts` looks for longer, from another seed. */
const RUNS = Number(Deno.env.get("V1_RUNS") ?? 24);
const FIRST_SEED = Number(Deno.env.get("V1_SEED") ?? 1);
const DEEDS = 70;

/** A few people in a new city, of both systems; one of them nobody knows. */
function newPeople(): string[] {
  return Array.from({ length: 5 }, () => crypto.randomUUID());
}

Deno.test({
  name: "sync() brings both sides to the same, whatever happens on either in whatever order",
  ignore: !hasDatabase,
  fn: async () => {
    await using database = await createBridged();
    const { sql } = database;
    const ownDeeds = [...Object.keys(V2_DEEDS), "propose", "propose", "advance", "advance"];
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
      const random = createRandom(seed);
      const people = newPeople();
      for (const user_id of people.slice(1)) {
        await sql`insert into public.profiles ${
          sql({ user_id, whatsapp_number: user_id.slice(0, 9) })
        }`;
      }
      const story: string[] = [];
      try {
        for (let deed = 0; deed < DEEDS; deed++) {
          const what = random();
          if (what < 0.15) {
            const limit = 1 + Math.floor(random() * 4);
            story.push(`sync ${limit}`);
            await sql`select mobility_v1.sync(${limit})`;
            continue;
          }
          const [side, name] = what < 0.55
            ? ["V1", pick(random, Object.keys(V1_DEEDS))]
            : ["V2", pick(random, ownDeeds)];
          story.push(`${side}.${name}`);
          await (side === "V1" ? V1_DEEDS : V2_DEEDS)[name]?.({ sql, random, people });
        }
        await syncToQuiet(sql);
        assert.deepEqual(await differences(sql), []);
        assert.deepEqual(await unexpectedBreaches(sql), []);
        const failed = await sql`
          select "table", id, detail from mobility_v1.rejects where reason = 'FAILED'`;
        assert.deepEqual([...failed], []);
        const held = await sql`
          select r.id from mobility_v1.rejects r left join mobility.matches m on m.id = r.needs and m.live
          where r.reason = 'SECOND_LIVE_MATCH' and m.id is null`;
        assert.deepEqual([...held], [], "a second match waits only while the first is live");
      } catch (error) {
        throw new Error(`Seed ${seed}: ${story.join(" ")}`, { cause: error });
      }
    }
    // What is equal is not written: both sides are as they were after everything is carried again.
    const versions = async (): Promise<unknown[]> => [
      ...await sql`
        select 'o', id, xmin::text from public.rides_trips union all
        select 'm', id, xmin::text from public.mobility_matches union all
        select 'p', user_id, xmin::text from public.profiles union all
        select 'v2p', user_id, xmin::text from mobility.profiles union all
        select 'v2t', id, xmin::text from mobility.trips union all
        select 'v2m', id, xmin::text from mobility.matches union all
        select case when reason in ('OLDER_OPEN_TRIP', 'BESIDE_A_RIDE') then 'aside' else reason end, id, ''
        from mobility_v1.repairs order by 1, 2`,
    ];
    const before = await versions();
    await sql`
      insert into mobility_v1.changes (side, tbl, id)
      select '1', 'trips', id from public.rides_trips union all
      select '2', 'matches', id from mobility.matches union all
      select '2', 'profiles', user_id from mobility.profiles`;
    await syncToQuiet(sql);
    assert.deepEqual(await versions(), before);
  },
});
