import { z } from "zod";
import { ApiError, type Platform } from "../platform/mod.ts";
import type { Strategies } from "../ranking/mod.ts";
import type { Answer } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";
import { decide } from "./decide.ts";
import { withLocale } from "./language.ts";
import { afterRefusal, afterSearchRefusal, explain } from "./refusals.ts";
import { commandResult, runCommand } from "./run-command.ts";
import { afterPlace, afterSearch } from "./search-result.ts";
import { findPlace, runSearch } from "./search.ts";

/** What became of an event: `failed` ones come again, `dead` ones do not. */
export type Outcome = "answered" | "refused" | "lease_lost" | "failed" | "dead";

const done = z.object({ done: z.literal(true), result: commandResult.nullable() });
const failed = z.object({ dead: z.boolean() });

/**
 * Answers an event that this worker holds: decides, searches when that needs it, and has all of it done in one
 * transaction. A command that is refused is answered with why.
 * @throws ApiError when not even the failure could be noted; the lease then ends by itself
 */
export async function answerEvent(
  platform: Platform,
  strategies: Strategies,
  event: ClaimedEvent,
): Promise<Outcome> {
  try {
    return await deliver(platform, event, await findAnswer(platform, strategies, event));
  } catch (error) {
    const code = error instanceof ApiError ? error.code : "INTERNAL_ERROR";
    // Another worker has it, or has answered it.
    if (code === "LEASE_LOST") return "lease_lost";
    platform.logger.log("error", "event_failed", {
      code,
      event_id: event.event.id,
      attempts: event.event.attempts,
      reason: error instanceof Error ? error.name : "unknown",
    });
    const { id, lease } = event.event;
    const { dead } = await platform.database.call(
      "fail_inbox",
      { p_event_id: id, p_lease: lease, p_code: code },
      failed,
    );
    return dead ? "dead" : "failed";
  }
}

async function findAnswer(
  platform: Platform,
  strategies: Strategies,
  event: ClaimedEvent,
): Promise<Answer> {
  const decision = decide(event);
  if (decision.kind === "answer") return decision.answer;
  if (decision.kind === "find_place") {
    const { question } = decision;
    const place = await findPlace(platform, { event, question });
    return afterPlace(event, { text: question.text, place });
  }
  const { search } = decision;
  try {
    const result = await runSearch(platform, strategies, { event, search });
    return afterSearch(event, search, { result });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return afterSearchRefusal(event, error);
  }
}

/** Carries an answer out; what is refused is answered otherwise, and in the end only explained. */
async function deliver(
  platform: Platform,
  event: ClaimedEvent,
  answer: Answer,
): Promise<Outcome> {
  try {
    await carryOut(platform, event, answer);
    return "answered";
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const otherwise = afterRefusal(event, { attempted: answer, refusal: error });
    try {
      await carryOut(platform, event, otherwise);
    } catch (second) {
      if (!isRefusal(second)) throw second;
      await carryOut(platform, event, withLocale(event, explain(event, second)));
    }
    return "refused";
  }
}

async function carryOut(platform: Platform, event: ClaimedEvent, answer: Answer): Promise<void> {
  const { id, lease } = event.event;
  await runCommand(platform, {
    event,
    command: answer.command,
    transaction: async (command) => {
      const { result } = await platform.database.call("answer_inbox", {
        p_event_id: id,
        p_lease: lease,
        // What is undefined is left out, as everywhere in JSON.
        p_answer: z.json().parse(JSON.parse(JSON.stringify({ ...answer, command }))),
      }, done);
      return result ?? {};
    },
  });
  platform.metrics.count("mobility_conversation_steps_total", { step: answer.step });
}

/** Whether the rules said no, rather than that something broke or somebody else was faster. */
function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status < 500 && error.code !== "LEASE_LOST";
}
