import assert from "node:assert/strict";
import { contract, type ReceivedAnswer, type SentRequest } from "../../support/http-contract.ts";

const headers = { "x-request-id": "r1", "content-type": "application/json" };
const link = { token: "t", viewer: "guest", expires_at: "2026-11-24T08:00:00.000Z", url: null };
const id = "0b7f9c52-5f4b-4f0d-8a3a-6f1f7c1e0a01";

function sent(method: string, path: string, more: Partial<SentRequest> = {}): SentRequest {
  return { method, path, query: new URLSearchParams(), body: "", ...more };
}

function answered(
  status: number,
  body: unknown,
  more: Readonly<Record<string, string>> = {},
): ReceivedAnswer {
  const text = JSON.stringify(body);
  return { status, headers: new Headers({ ...headers, ...more }), body, text };
}

function failed(
  status: number,
  code: string,
  more: Readonly<Record<string, unknown>> = {},
): ReceivedAnswer {
  return answered(status, { error: { code, message: "No", request_id: "r1", ...more } });
}

const makeLink = sent("POST", `tracking/matches/${id}/links`);

Deno.test("Contract.check() passes what the description says", () => {
  contract.check(makeLink, answered(201, link));
  contract.check({ ...makeLink, body: '{"viewer":"driver","unknown":1}' }, answered(201, link));
  contract.check(makeLink, failed(404, "MATCH_NOT_FOUND", { details: { a: 1 } }));
  contract.check(sent("GET", "nowhere/at/all"), failed(404, "NOT_FOUND"));
  contract.check(sent("DELETE", "orchestrator/find-drivers"), failed(405, "METHOD_NOT_ALLOWED"));
});

Deno.test("Contract.check() refuses an answer that is not declared, and says how", () => {
  const cases: [SentRequest, ReceivedAnswer, RegExp][] = [
    [sent("GET", "tracking/secrets"), answered(200, {}), /no such path and method/],
    [sent("GET", "tracking/secrets"), failed(403, "FORBIDDEN"), /no such path and method/],
    [makeLink, answered(200, link), /makeLink declares 201, 400/],
    [makeLink, failed(409, "OFFER_GONE"), /makeLink declares 201, 400/],
    [makeLink, failed(404, "TRIP_NOT_FOUND"), /is not what makeLink declares/],
    [makeLink, failed(404, "MATCH_EXPIRED"), /not the status of MATCH_EXPIRED/],
    [makeLink, failed(404, "NO_SUCH_CODE"), /is not what makeLink declares/],
    [makeLink, failed(404, "MATCH_NOT_FOUND", { stack: "x" }), /is not what makeLink declares/],
    [makeLink, failed(500, "INTERNAL_ERROR", { message: "at run (file:///a.ts:1)" }), /file/],
    [makeLink, answered(404, { code: "MATCH_NOT_FOUND" }), /is not what makeLink declares/],
    [makeLink, answered(201, { ...link, secret: 1 }), /is not what makeLink declares/],
    [makeLink, answered(201, { ...link, viewer: "dog" }), /is not what makeLink declares/],
    [makeLink, answered(201, { ...link, expires_at: "soon" }), /is not what makeLink declares/],
    [makeLink, answered(201, { token: "t" }), /is not what makeLink declares/],
    [makeLink, answered(201, link, { "content-type": "text/html" }), /the content is text\/html/],
    [makeLink, { ...answered(201, link), headers: new Headers() }, /X-Request-Id is missing/],
    [makeLink, failed(429, "RATE_LIMITED"), /Retry-After is missing/],
  ];
  for (const [request, answer, message] of cases) {
    assert.throws(() => contract.check(request, answer), message, answer.text);
  }
});

Deno.test("Contract.check() refuses what was done though the description forbids to ask for it", () => {
  assert.throws(
    () => contract.check({ ...makeLink, body: '{"viewer":"dog"}' }, answered(201, link)),
    /was done, but the description refuses the request/,
  );
  const start = sent("POST", `orchestrator/matches/${id}/rate`);
  const rating = { match_id: id, rated_by: "driver", rating: 5, comment: null };
  contract.check({ ...start, body: '{"rating":5}' }, answered(200, { rating }));
  assert.throws(() => contract.check(start, answered(200, { rating })), /no body was needed/);
  const verify = { ...headers, "content-type": "text/plain" };
  const challenge = { status: 200, headers: new Headers(verify), body: undefined, text: "1" };
  assert.throws(
    () => contract.check(sent("GET", "whatsapp-webhook"), challenge),
    /\?hub\.mode was not needed/,
  );
});
