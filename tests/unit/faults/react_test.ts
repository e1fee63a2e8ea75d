import assert from "node:assert/strict";
import { mostUrgent, react, type Reaction, type Side } from "../../../scripts/faults/react.ts";

const WHERE = {
  vehicle: "cab",
  at: { lat: 1, lng: 2 },
  to: { lat: 3, lng: 4 },
  plate: "RAD 1 B",
  isGoingHome: false,
};

function tap(
  side: Side,
  ids: readonly string[],
  more: { kind?: string; home?: boolean } = {},
): unknown {
  const { kind = "some_kind", home = false } = more;
  const choices = ids.map((id) => ({ id, title: id }));
  const content = react(side, { kind, choices }, { ...WHERE, isGoingHome: home })?.content;
  return content?.kind === "reply" ? content.id : content;
}

Deno.test("react() taps on what matters most to the side that reads", () => {
  assert.equal(tap("passenger", ["menu:ride", "menu:drive", "menu:more"]), "menu:ride");
  assert.equal(tap("driver", ["menu:ride", "menu:drive", "menu:more"]), "menu:drive");
  assert.equal(tap("passenger", ["veh:passenger:moto", "veh:passenger:cab"]), "veh:passenger:cab");
  assert.equal(tap("driver", ["match_no:1", "match_yes:1"]), "match_yes:1");
  assert.equal(tap("driver", ["mcancel:1", "arrive:1"]), "arrive:1");
  assert.equal(tap("passenger", ["mcancel:1", "share:1"]), undefined);
});

Deno.test("react() says where somebody is, where they go, and their plate", () => {
  assert.deepEqual(tap("driver", [], { kind: "ask_pickup" }), { kind: "location", ...WHERE.at });
  assert.deepEqual(tap("passenger", ["drop:skip"], { kind: "ask_dropoff" }), {
    kind: "location",
    ...WHERE.to,
  });
  assert.deepEqual(tap("driver", [], { kind: "ask_plate" }), { kind: "text", text: WHERE.plate });
});

Deno.test("react() begins nothing new on the way home, and goes on with what there is", () => {
  assert.equal(tap("passenger", ["menu:ride"], { home: true }), undefined);
  assert.equal(tap("passenger", ["again:1"], { home: true }), undefined);
  assert.equal(tap("driver", ["menu:drive", "complete:1"], { home: true }), "complete:1");
  assert.equal(tap("passenger", ["rate:1:5", "menu:ride"], { home: true }), "rate:1:5");
});

Deno.test("mostUrgent() is about the ride before the menu, and the latest of the same", () => {
  const reactions = ["menu:drive", "arrive:1", "arrive:2", "menu:drive"].map((id) =>
    react("driver", { kind: "some_kind", choices: [{ id, title: id }] }, WHERE)
  ).filter((reaction): reaction is Reaction => reaction !== undefined);
  assert.equal(reactions.length, 4);
  assert.deepEqual(mostUrgent(reactions), { kind: "reply", id: "arrive:2", title: "arrive:2" });
  assert.equal(mostUrgent([]), undefined);
});
