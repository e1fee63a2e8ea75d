import assert from "node:assert/strict";
import fc from "fast-check";
import { assignBatch, type Candidate, type WaitingRequest } from "../../../shared/dispatch/mod.ts";

function request(dispatch_id: string, etas: Record<string, number>, waited_s = 0): WaitingRequest {
  return {
    dispatch_id,
    waited_s,
    candidates: Object.entries(etas).map(([trip_id, eta_s]) => ({ trip_id, eta_s, idle_s: 0 })),
  };
}

function firstOf(requests: readonly WaitingRequest[], idleCreditS = 0): Record<string, string> {
  return Object.fromEntries(
    assignBatch(requests, { idleCreditS }).map(({ dispatch_id, assigned, trip_ids }) => {
      if (assigned !== null) assert.equal(trip_ids?.[0], assigned);
      return [dispatch_id, assigned ?? ""];
    }),
  );
}

Deno.test("assignBatch() leaves the near driver to whom the other one is far from", () => {
  const requests = [request("a", { near: 60, other: 90 }), request("b", { near: 70, other: 600 })];
  assert.deepEqual(firstOf(requests), { a: "other", b: "near" });
});

Deno.test("assignBatch() serves as many as it can, whatever the approach costs", () => {
  const requests = [request("a", { near: 10, far: 3000 }), request("b", { near: 10 })];
  assert.deepEqual(firstOf(requests), { a: "far", b: "near" });
});

Deno.test("assignBatch() serves first who has waited longer, where drivers are too few", () => {
  const requests = [request("new", { d: 10 }), request("old", { d: 10 }, 20)];
  assert.deepEqual(assignBatch(requests, { idleCreditS: 0 }), [
    { dispatch_id: "old", assigned: "d", trip_ids: ["d"] },
    { dispatch_id: "new", assigned: null, trip_ids: null },
  ]);
});

Deno.test("assignBatch() lets nobody wait for ever, nor for nobody", () => {
  const requests = [request("a", { d: 10 }, 31), request("b", { d: 10 }, 30), request("c", {})];
  assert.deepEqual(assignBatch(requests, { idleCreditS: 0 }).slice(1), [
    { dispatch_id: "b", assigned: null, trip_ids: ["d"] },
    { dispatch_id: "c", assigned: null, trip_ids: [] },
  ]);
});

Deno.test("assignBatch() prefers a driver without a ride for long, up to the credit", () => {
  const candidates: Candidate[] = [
    { trip_id: "fresh", eta_s: 100, idle_s: 0 },
    { trip_id: "idle", eta_s: 125, idle_s: 1_800 },
    { trip_id: "idle for a day", eta_s: 131, idle_s: 86_400 },
  ];
  const requests = [{ dispatch_id: "a", waited_s: 0, candidates }];
  assert.equal(assignBatch(requests, { idleCreditS: 0 })[0]?.assigned, "fresh");
  assert.deepEqual(assignBatch(requests, { idleCreditS: 1 })[0]?.trip_ids, [
    "idle",
    "fresh",
    "idle for a day",
  ]);
});

Deno.test("assignBatch() asks those left over before those assigned to others", () => {
  const requests = [
    request("a", { x: 10, y: 20, z: 30 }),
    request("b", { y: 10, x: 40 }),
  ];
  assert.deepEqual(assignBatch(requests, { idleCreditS: 0 })[0]?.trip_ids, ["x", "z", "y"]);
});

Deno.test("assignBatch() is as good as the best of all assignments, and uses nobody twice", () => {
  const batch = fc.array(
    fc.uniqueArray(
      fc.record({
        trip_id: fc.constantFrom(..."ABCDEF"),
        eta_s: fc.nat(900),
        idle_s: fc.nat(3_600),
      }),
      { selector: ({ trip_id }) => trip_id, maxLength: 4 },
    ),
    { maxLength: 5 },
  ).map((lists) =>
    lists.map((candidates, i): WaitingRequest => ({
      dispatch_id: String(i),
      waited_s: 0,
      candidates,
    }))
  );
  fc.assert(fc.property(batch, (requests) => {
    const taken = new Set<string>();
    const served = assignBatch(requests, { idleCreditS: 1 }).flatMap((order) => {
      const { candidates = [] } = requests.find(({ dispatch_id }) =>
        dispatch_id === order.dispatch_id
      ) ?? {};
      if (order.assigned === null) return [];
      assert.ok(!taken.has(order.assigned));
      taken.add(order.assigned);
      assert.deepEqual(order.trip_ids?.toSorted(), candidates.map((c) => c.trip_id).sort());
      return candidates.filter(({ trip_id }) => trip_id === order.assigned);
    });
    const best = bestOf(requests, new Set());
    assert.equal(served.length, best.served);
    assert.ok(Math.abs(sum(served) - best.cost) < 1e-6, `${sum(served)} is not ${best.cost}`);
  }));
});

function costOf({ eta_s, idle_s }: Candidate): number {
  return eta_s - Math.min(idle_s, 1_800) / 60;
}

function sum(candidates: readonly Candidate[]): number {
  return candidates.reduce((total, candidate) => total + costOf(candidate), 0);
}

/** Every assignment there is, tried. */
function bestOf(
  requests: readonly WaitingRequest[],
  taken: ReadonlySet<string>,
): { served: number; cost: number } {
  const [head, ...rest] = requests;
  if (head === undefined) return { served: 0, cost: 0 };
  let best = bestOf(rest, taken);
  for (const candidate of head.candidates) {
    if (taken.has(candidate.trip_id)) continue;
    const others = bestOf(rest, new Set([...taken, candidate.trip_id]));
    const found = { served: others.served + 1, cost: others.cost + costOf(candidate) };
    if (found.served > best.served || found.served === best.served && found.cost < best.cost) {
      best = found;
    }
  }
  return best;
}
