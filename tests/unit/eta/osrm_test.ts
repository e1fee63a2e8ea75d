import assert from "node:assert/strict";
import { greatCircle, osrm, type Ways } from "../../../shared/eta/mod.ts";
import { distanceM, etaS } from "../../../shared/geo/mod.ts";

const ways: Ways = {
  one: { lat: -1.95, lng: 30.06 },
  others: [{ lat: -1.94, lng: 30.07 }, { lat: -1.9612345678, lng: 30.05 }],
  direction: "to_one",
  pace: { speed_mps: 7, road_factor: 1.3 },
};

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

function serverWith(fetch: Fetch, deadlineMs = 1000): ReturnType<typeof osrm> {
  return osrm({
    url: "http://osrm.test/v5",
    deadlineMs,
    fetch: (input, init) => fetch(String(input), init),
  });
}

Deno.test("greatCircle takes the road factor and the pace, and is the same both ways", async () => {
  const seconds = await greatCircle.seconds(ways);
  assert.deepEqual(
    seconds,
    ways.others.map((other) => etaS(distanceM(ways.one, other), ways.pace)),
  );
  assert.deepEqual(await greatCircle.seconds({ ...ways, direction: "from_one" }), seconds);
  const slower = { ...ways.pace, speed_mps: 3.5 };
  assert.deepEqual(
    await greatCircle.seconds({ ...ways, pace: slower }),
    ways.others.map((other) => etaS(distanceM(ways.one, other), slower)),
  );
});

Deno.test("osrm() asks for a table with longitudes first, and rounds what it is told", async () => {
  const urls: string[] = [];
  const server = serverWith((url) => {
    urls.push(url);
    return Promise.resolve(
      Response.json({ code: "Ok", durations: [[123.4], [0.6]], sources: [], destinations: [] }),
    );
  });
  assert.deepEqual(await server.seconds(ways), [123, 1]);
  assert.deepEqual(urls, [
    "http://osrm.test/v5/table/v1/driving/30.060000,-1.950000;30.070000,-1.940000;30.050000,-1.961235" +
    "?sources=1;2&destinations=0&annotations=duration",
  ]);
});

Deno.test("osrm() asks for the ways out of one place as such", async () => {
  let url = "";
  const server = serverWith((asked) => {
    url = asked;
    return Promise.resolve(Response.json({ code: "Ok", durations: [[10, 20]] }));
  });
  assert.deepEqual(await server.seconds({ ...ways, direction: "from_one" }), [10, 20]);
  assert.match(url, /\?sources=0&destinations=1;2&/);
});

Deno.test("osrm() takes the great circle where there is no way, and the pace touches nothing else", async () => {
  const server = serverWith(() =>
    Promise.resolve(Response.json({ code: "Ok", durations: [[null], [60]] }))
  );
  const [plain] = await greatCircle.seconds(ways);
  assert.deepEqual(await server.seconds(ways), [plain, 60]);
});

Deno.test("osrm() names at most 50 places at once, and keeps the order", async () => {
  const sizes: number[] = [];
  const server = serverWith((url) => {
    const places = new URL(url).pathname.split("/").at(-1)?.split(";") ?? [];
    sizes.push(places.length);
    // Each place's time is in its longitude.
    const durations = places.slice(1).map((
      place,
    ) => [Math.round((Number(place.split(",")[0]) - 30) * 1e4)]);
    return Promise.resolve(Response.json({ code: "Ok", durations }));
  });
  const others = Array.from({ length: 110 }, (_, i) => ({ lat: -1.9, lng: 30 + i / 1e4 }));
  assert.deepEqual(await server.seconds({ ...ways, others }), others.map((_, i) => i));
  assert.deepEqual(sizes, [50, 50, 13]);
  assert.deepEqual(await server.seconds({ ...ways, others: [] }), []);
  assert.equal(sizes.length, 3);
});

Deno.test("osrm() throws what is no table of the size asked for", async () => {
  const answers: [string, () => Response][] = [
    ["an error", () => Response.json({ code: "InvalidQuery", message: "No" }, { status: 400 })],
    ["no way at all", () => Response.json({ code: "NoTable", durations: [[1], [2]] })],
    ["too few", () => Response.json({ code: "Ok", durations: [[1]] })],
    ["too many", () => Response.json({ code: "Ok", durations: [[1, 2], [3, 4]] })],
    ["less than nothing", () => Response.json({ code: "Ok", durations: [[-1], [2]] })],
    ["no numbers", () => Response.json({ code: "Ok", durations: [["1"], [2]] })],
    ["a page", () => new Response("<html>")],
    ["bad gateway", () => new Response("", { status: 502 })],
  ];
  for (const [what, answer] of answers) {
    await assert.rejects(serverWith(() => Promise.resolve(answer())).seconds(ways), Error, what);
  }
  await assert.rejects(
    serverWith(() => Promise.reject(new TypeError("connection refused"))).seconds(ways),
    TypeError,
  );
});

Deno.test("osrm() gives up a server at its deadline, in the middle of the answer too", async () => {
  const hang: Fetch = (_, init) =>
    new Promise((_, reject) =>
      init?.signal?.addEventListener("abort", () => reject(init.signal?.reason))
    );
  const startedAt = performance.now();
  await assert.rejects(serverWith(hang, 30).seconds(ways), { name: "TimeoutError" });
  assert.ok(performance.now() - startedAt < 1000);
});
