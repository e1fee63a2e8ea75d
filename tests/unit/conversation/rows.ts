import assert from "node:assert/strict";
import { type ClaimedEvent, decide } from "../../../shared/conversation/mod.ts";
import { eventOf, type Surroundings } from "./events.ts";

/** One line of a table over decide: what comes in, around what, and what must come out. */
export interface Row {
  readonly title: string;
  readonly content: ClaimedEvent["event"]["content"];
  readonly around?: Surroundings;
  /** The kinds that are said, in order; none unless given. */
  readonly say?: readonly string[];
  /** The whole command; none unless given. */
  readonly command?: unknown;
  /** The step afterwards; the one before unless given. */
  readonly step?: string;
  /** Compared only when given. */
  readonly context?: unknown;
  /** The values of what is said first; compared only when given. */
  readonly params?: unknown;
  /** What is looked for before there is an answer, instead of all of the above. */
  readonly search?: unknown;
}

/** Makes a test of each row. */
export function testRows(rows: readonly Row[]): void {
  for (const row of rows) Deno.test(`decide() ${row.title}`, () => check(row));
}

function check(row: Row): void {
  const { around = {} } = row;
  const decision = decide(eventOf(row.content, around));
  if (decision.kind !== "answer") {
    const wanted = decision.kind === "search" ? decision.search : decision.question;
    assert.deepEqual(wanted, row.search, `${decision.kind} is wanted`);
    return;
  }
  assert.equal(row.search, undefined, "an answer came at once");
  const { say, command, step, context } = decision.answer;
  assert.deepEqual(say.map(({ kind }) => kind), row.say ?? [], "what is said");
  assert.deepEqual(command, row.command ?? null, "the command");
  assert.equal(step, row.step ?? around.step ?? "idle", "the step");
  if (row.context !== undefined) {
    assert.deepEqual(withoutUndefined(context), row.context, "context");
  }
  if (row.params !== undefined) assert.deepEqual(say[0]?.params, row.params, "the values said");
}

/** As it is stored: JSON leaves out what is undefined. */
function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
