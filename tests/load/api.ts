import { check, sleep } from "k6";
import http, { type RefinedResponse } from "k6/http";
import { settings } from "./settings.ts";

/** An answer of the functions. */
export type Answer = RefinedResponse<"text">;

/** One call of the API. */
export interface Call {
  /** Its name in the summary. */
  readonly call: string;
  readonly path: string;
  readonly body: object;
  /** What a correct system may answer; 200 and 201 unless said otherwise. */
  readonly expected?: readonly number[];
}

/** Posts as the service, and counts any answer that is not expected as failed. */
export function post({ call, path, body, expected = [200, 201] }: Call): Answer {
  const response = http.post(`${settings.functionsUrl}/${path}`, JSON.stringify(body), {
    headers: { "content-type": "application/json", apikey: settings.secretKey },
    tags: { call, name: call },
    responseCallback: http.expectedStatuses(...expected),
    responseType: "text",
  });
  const asExpected = check(response, {
    [`${call} is answered as expected`]: ({ status }) => expected.includes(status),
  });
  if (!asExpected) {
    // deno-lint-ignore no-console -- k6 has no other log
    console.error(`${call}: ${response.status} ${response.body?.slice(0, 300) ?? response.error}`);
  }
  return response;
}

/** Something of an answer, by its path in the JSON. */
export function field(answer: Answer, path: string): string {
  return String(answer.json(path) ?? "");
}

/** A person takes some seconds, between a shortest and a longest time. */
export function think(shortestS: number, longestS: number): void {
  sleep(settings.pace * (shortestS + Math.random() * (longestS - shortestS)));
}
