import assert from "node:assert/strict";
import { type Connection, openTrip } from "../support/rides.ts";
import { chatTest } from "./support/chat-test.ts";
import { newPerson } from "./support/people.ts";
import { answeredBy } from "./support/rpc.ts";

async function placeCalled(
  sql: Connection,
  text: string | null,
  near?: { readonly lat: number; readonly lng: number },
): Promise<string | null> {
  const place = await answeredBy<{ name: string } | null>(sql`
    select public.find_place(${text}, ${near?.lat ?? null}, ${near?.lng ?? null}) as answer`);
  return place?.name ?? null;
}

chatTest(
  "find_place() prefers the exact name, then the beginning, then the nearest",
  async ({ sql }) => {
    await sql`
    insert into mobility.areas (code, name, boundary)
    select 'kigali', 'Kigali',
      extensions.st_multi(extensions.st_makeenvelope(29.9, -2.1, 30.3, -1.8, 4326))`;
    const places = JSON.stringify([
      { name: "Kimironko Market", lat: -1.9497, lng: 30.1262, weight: 5 },
      { name: "Kimironko", lat: -1.94, lng: 30.12, weight: 1 },
      { name: "Old Kimironko Road", lat: -1.93, lng: 30.11, weight: 9 },
      { name: "Kimironko Bus Park", lat: -1.95, lng: 30.2, weight: 9 },
      { name: "100% Shop", lat: -1.95, lng: 30.2, weight: 1 },
    ]);
    await sql`
    insert into mobility.places
    select (jsonb_populate_record(null::mobility.places, p || jsonb_build_object(
      'code', 'p' || n, 'area_code', 'kigali'))).*
    from jsonb_array_elements(${places}::text::jsonb) with ordinality e (p, n)`;
    assert.equal(await placeCalled(sql, "  KIMIRONKO "), "Kimironko");
    assert.equal(
      await placeCalled(sql, "kimironko m", { lat: -1.95, lng: 30.2 }),
      "Kimironko Market",
    );
    assert.equal(
      await placeCalled(sql, "kimiron", { lat: -1.95, lng: 30.2 }),
      "Kimironko Bus Park",
    );
    assert.equal(
      await placeCalled(sql, "kimiron", { lat: -1.9497, lng: 30.126 }),
      "Kimironko Market",
    );
    assert.equal(await placeCalled(sql, "old kim"), "Old Kimironko Road");
    assert.equal(await placeCalled(sql, "0% s"), "100% Shop", "no pattern");
    for (const nothing of ["ki", "%%%", "___", "elsewhere", "", null]) {
      assert.equal(await placeCalled(sql, nothing), null, `"${nothing}"`);
    }
  },
);

chatTest("people_cards() gives the names and plates of the people of trips", async ({ sql }) => {
  const driver = await newPerson(sql, "Eric");
  await sql`
    insert into mobility.vehicles
    values (${driver.user_id}, 'moto', 'RA 123 B'), (${driver.user_id}, 'cab', 'RAB 456 C')`;
  const { id } = await openTrip(sql, "driver", { user_id: driver.user_id });
  const other = await openTrip(sql, "driver");
  const cards = await answeredBy<{ trip_id: string }[]>(sql`
    select public.people_cards(${[id, other.id, crypto.randomUUID()]}) as answer`);
  assert.deepEqual(cards.sort((a) => a.trip_id === id ? -1 : 1), [
    { trip_id: id, display_name: "Eric", plate: "RA 123 B" },
    { trip_id: other.id, display_name: null, plate: null },
  ]);
  assert.deepEqual(await answeredBy(sql`select public.people_cards('{}') as answer`), []);
});
