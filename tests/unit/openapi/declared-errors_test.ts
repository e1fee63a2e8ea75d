import assert from "node:assert/strict";
import { describedFunctions } from "../../../shared/openapi/mod.ts";
import { examples } from "../../../shared/openapi/examples/mod.ts";
import {
  createPlatform,
  type Declaration,
  type Endpoint,
  type ErrorCode,
  isErrorCode,
  readConfig,
} from "../../../shared/platform/mod.ts";
import { createStrategies } from "../../../shared/ranking/mod.ts";
import { raisedCodes } from "../../support/raised-codes.ts";

const id = "0b7f9c52-5f4b-4f0d-8a3a-6f1f7c1e0a01";
/** Any endpoint's, by its kind. */
const usual: readonly ErrorCode[] = ["FORBIDDEN", "VALIDATION_ERROR", "IDEMPOTENCY_KEY_REUSED"];
/** What a function of the database raises, or answers as one position's result, and an endpoint never does. */
const unreachable: Readonly<Record<string, readonly ErrorCode[]>> = {
  // The match of a locked trip is there, and so is the ride of a link.
  cancel_trip: ["MATCH_NOT_FOUND"],
  open_link: ["MATCH_NOT_FOUND"],
  update_positions: ["OUT_OF_DATE", "IMPLAUSIBLE_POSITION"],
  update_positions_by_link: [
    "OUT_OF_DATE",
    "IMPLAUSIBLE_POSITION",
    "INVALID_TIMESTAMP",
    "TRIP_NOT_FOUND",
    "TRIP_CANCELLED",
    "TRIP_COMPLETED",
    "TRIP_EXPIRED",
  ],
};
/** Called after another that found something. */
const second: Readonly<Record<string, string>> = {
  dispatchTrip: "dispatch_trip",
  acceptOffer: "answer_offer",
};

let called: string[] = [];
const platform = createPlatform("test", {
  config: readConfig({ SUPABASE_URL: "http://x.test", SUPABASE_SERVICE_ROLE_KEY: "k" }),
  writeLog: () => {},
  fetch: (input) => {
    called.push(
      new URL(input instanceof Request ? input.url : input).pathname.split("/").at(-1) ?? "",
    );
    return Promise.resolve(Response.json({ code: "XX000", message: "" }, { status: 400 }));
  },
});

function isEndpoint(declaration: Declaration): declaration is Endpoint {
  return "handle" in declaration;
}

/** The functions of the database that an endpoint calls first, when it is asked as in its example. */
async function callsOf(endpoint: Endpoint): Promise<string[]> {
  called = [];
  await endpoint.handle({
    caller: { kind: "service" },
    actingUser: null,
    body: endpoint.body?.parse(examples[endpoint.name]?.request ?? {}),
    id,
    idempotencyKey: null,
  }).catch(() => {});
  return [...called, ...[second[endpoint.name] ?? []].flat()];
}

Deno.test("endpoints declare every code that the database's functions behind them raise", async () => {
  const declared = new Map<string, Set<string>>();
  const functions = describedFunctions(platform, createStrategies(undefined));
  for (const endpoint of functions.flatMap(({ endpoints }) => endpoints).filter(isEndpoint)) {
    for (const name of await callsOf(endpoint)) {
      const codes = declared.get(name) ?? new Set(usual);
      for (const code of endpoint.errors ?? []) codes.add(code);
      declared.set(name, codes);
    }
  }
  assert.ok(declared.size >= 25, `only ${[...declared.keys()]} are called`);
  const raised = await raisedCodes();
  for (const [name, codes] of declared) {
    const missing = [...raised.of(`public.${name}`)].filter(isErrorCode)
      .filter((code) => !codes.has(code) && !unreachable[name]?.includes(code));
    assert.deepEqual(missing, [], `${name} may raise what no endpoint that calls it declares`);
  }
});

Deno.test("raisedCodes() follows the database's functions into those they call", async () => {
  const raised = await raisedCodes();
  const codes = raised.of("public.advance_match");
  for (const code of ["MATCH_EXPIRED", "TOO_FAR_FROM_PICKUP", "PIN_LOCKED", "MATCH_NOT_FOUND"]) {
    assert.ok(codes.has(code), code);
  }
  assert.throws(() => raised.of("public.no_such_function"), /no_such_function/);
});
