import { z } from "zod";
import { assignLater } from "../dispatch/mod.ts";
import { forgetTrips, markTaken, releaseTaken, whileTaking } from "../matching/mod.ts";
import type { Platform } from "../platform/mod.ts";
import type { Command } from "./answer.ts";
import type { ClaimedEvent } from "./claimed-event.ts";

/** What a command answers, as far as the cache has to know: who is bound to whom, and whose trip is gone. */
export const commandResult = z.object({
  match: z.object({
    id: z.guid(),
    passenger_trip_id: z.guid(),
    driver_trip_id: z.guid(),
    status: z.string(),
    vehicle_type: z.string(),
  }).nullish(),
  trip: z.object({ id: z.guid() }).nullish(),
  replaced_trip_id: z.guid().nullish(),
  dispatch: z.object({ offers_in_s: z.number().nullish() }).nullish(),
});

/** What a command answers, as far as the cache has to know. */
export type CommandResult = z.infer<typeof commandResult>;
type Match = NonNullable<CommandResult["match"]>;

/**
 * Runs a command's transaction, which `transaction` does, so that no cached search offers a trip that the
 * command takes, and every one offers again what it gives back.
 * @throws ApiError whatever the transaction throws
 */
export async function runCommand(
  platform: Platform,
  { event, command, transaction }: {
    event: ClaimedEvent;
    command: Command | null;
    transaction: (command: Command | null) => Promise<CommandResult>;
  },
): Promise<void> {
  switch (command?.name) {
    case "propose":
    case "answer_offer":
      return await bind(platform, { event, command, transaction });
    case "advance": {
      const { match } = await transaction(command);
      platform.metrics.count("mobility_match_transitions_total", { action: command.action });
      if (match && (command.action === "decline" || command.action === "cancel")) {
        release(
          platform,
          match,
          match.status === "cancelled_passenger"
            ? [match.driver_trip_id]
            : [match.passenger_trip_id, match.driver_trip_id],
        );
      }
      return;
    }
    case "dispatch": {
      const { dispatch } = await transaction(command);
      assignLater(platform, dispatch?.offers_in_s ?? null);
      return;
    }
    case "cancel_trip":
      return await cancel(platform, { command, transaction });
    case "open_trip": {
      const { trip, replaced_trip_id } = await transaction(command);
      if (!trip || !replaced_trip_id) return;
      await markTaken(platform.cache, {
        tripIds: [replaced_trip_id],
        by: `replaced:${trip.id}`,
        poolTtlS: platform.config.poolTtlS,
      });
      platform.afterResponse(() => forgetTrips(platform.cache, [replaced_trip_id]));
      return;
    }
    default:
      await transaction(command);
  }
}

/** Both trips are taken before the match is made, as far as they are known, under the id it is going to have. */
async function bind(
  platform: Platform,
  { event, command, transaction }: {
    event: ClaimedEvent;
    command: Extract<Command, { name: "propose" | "answer_offer" }>;
    transaction: (command: Command) => Promise<CommandResult>;
  },
): Promise<void> {
  const { cache, metrics, config: { poolTtlS } } = platform;
  if (command.name === "answer_offer" && !command.accept) {
    await transaction(command);
    return;
  }
  const matchId = crypto.randomUUID();
  const mine = event.situation.driver_trip?.id;
  // Whose ride an offer is for is known only when it is won.
  const tripIds = command.name === "propose"
    ? [command.passenger_trip_id, command.driver_trip_id]
    : mine === undefined
    ? []
    : [mine];
  const numbered = { ...command, match_id: matchId };
  const { match } = tripIds.length === 0
    ? await transaction(numbered)
    : await whileTaking(platform, {
      tripIds,
      by: matchId,
      transaction: () => transaction(numbered),
    });
  if (!match) return;
  const both = [match.passenger_trip_id, match.driver_trip_id];
  if (command.name === "answer_offer") {
    await markTaken(cache, { tripIds: both, by: match.id, poolTtlS });
  }
  platform.afterResponse(() => forgetTrips(cache, both));
  metrics.count("mobility_matches_created_total", { vehicle_type: match.vehicle_type });
}

async function cancel(
  platform: Platform,
  { command, transaction }: {
    command: Extract<Command, { name: "cancel_trip" }>;
    transaction: (command: Command) => Promise<CommandResult>;
  },
): Promise<void> {
  const { trip_id } = command;
  const { match } = await whileTaking(platform, {
    tripIds: [trip_id],
    // One attempt's own: a second one, which fails, must not release the mark of the first.
    by: `cancel:${crypto.randomUUID()}`,
    transaction: () => transaction(command),
  });
  if (!match) {
    platform.afterResponse(() => forgetTrips(platform.cache, [trip_id]));
    return;
  }
  const reopened = [match.passenger_trip_id, match.driver_trip_id].filter((id) => id !== trip_id);
  release(platform, match, reopened);
}

/** The two refused each other; those of their trips that are open again are free for others. */
function release(platform: Platform, match: Match, reopened: readonly string[]): void {
  platform.afterResponse(async () => {
    await forgetTrips(platform.cache, [match.passenger_trip_id, match.driver_trip_id]);
    await releaseTaken(platform.cache, { tripIds: reopened, by: match.id });
  });
}
