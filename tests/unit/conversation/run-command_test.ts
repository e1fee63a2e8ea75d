import assert from "node:assert/strict";
import { createRedisFront } from "../../../scripts/stack/redis/rest-front.ts";
import { MemoryRedis } from "../../../scripts/stack/redis/memory-redis.ts";
import type { Command } from "../../../shared/conversation/mod.ts";
import { type CommandResult, runCommand } from "../../../shared/conversation/run-command.ts";
import { takenKey } from "../../../shared/matching/availability.ts";
import { markTaken } from "../../../shared/matching/mod.ts";
import {
  ApiError,
  createPlatform,
  type Platform,
  readConfig,
} from "../../../shared/platform/mod.ts";
import { driverTrip, eventOf, ids, kigali, text } from "./events.ts";

const { passengerTrip, driverTrip: driverTripId, otherTrip } = ids;
const propose: Command = {
  name: "propose",
  passenger_trip_id: passengerTrip,
  driver_trip_id: driverTripId,
};
const accept: Command = { name: "answer_offer", offer_id: ids.offer, accept: true };

/** A command run over a Redis, and who holds which trip in its cache. */
interface World {
  run(
    command: Command | null,
    transaction: (command: Command | null) => Promise<CommandResult>,
  ): Promise<void>;
  takenBy(...tripIds: string[]): Promise<unknown[]>;
  mark(by: string, ...tripIds: string[]): Promise<void>;
  /** Waits for what happens after the answer. */
  until(condition: () => Promise<boolean>): Promise<void>;
}

async function withRedis(body: (world: World) => Promise<void>): Promise<void> {
  const redis = await MemoryRedis.create();
  {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      createRedisFront({ redis, token: "token" }),
    );
    await body(worldOver(createPlatform("test", {
      config: readConfig({
        SUPABASE_URL: "http://127.0.0.1:1",
        SUPABASE_SERVICE_ROLE_KEY: "key",
        UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${server.addr.port}`,
        UPSTASH_REDIS_REST_TOKEN: "token",
        CACHE_DEADLINE_MS: "2000",
      }),
      writeLog: () => {},
    })));
  }
  await redis.close();
}

function worldOver(platform: Platform): World {
  const event = eventOf(text("x"), { driver_trip: driverTrip() });
  const { cache } = platform;
  return {
    run: (command, transaction) => runCommand(platform, { event, command, transaction }),
    takenBy: async (...tripIds) =>
      (await cache.exec((pipeline) => tripIds.forEach((id) => pipeline.hkeys(takenKey(id)))) ?? [])
        .map((takers) => Array.isArray(takers) && takers.length > 0 ? takers.join() : null),
    mark: async (by, ...tripIds) => {
      await markTaken(cache, { tripIds, by, poolTtlS: 60 });
    },
    until: async (condition) => {
      const giveUpAt = Date.now() + 5_000;
      while (!await condition()) {
        assert.ok(Date.now() < giveUpAt, "it never came to that");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

function matchResult(id: string, status = "pending"): CommandResult {
  return {
    match: {
      id,
      passenger_trip_id: passengerTrip,
      driver_trip_id: driverTripId,
      status,
      vehicle_type: "moto",
    },
  };
}

function matchIdOf(command: Command | null): string {
  assert.ok(command?.name === "propose" || command?.name === "answer_offer");
  assert.ok(command.match_id !== undefined);
  return command.match_id;
}

function refuse(): Promise<CommandResult> {
  return Promise.reject(new ApiError("TRIP_ALREADY_MATCHED", "taken"));
}

Deno.test("runCommand() marks both trips of a proposal before it is made, under the match's id", async () => {
  await withRedis(async ({ run, takenBy }) => {
    let id = "";
    await run(propose, async (command) => {
      id = matchIdOf(command);
      assert.deepEqual(await takenBy(passengerTrip, driverTripId), [id, id]);
      return matchResult(id);
    });
    assert.deepEqual(await takenBy(passengerTrip, driverTripId), [id, id]);
  });
});

Deno.test("runCommand() marks the driver before an offer is accepted, and the passenger when it is", async () => {
  await withRedis(async ({ run, takenBy }) => {
    let id = "";
    await run(accept, async (command) => {
      id = matchIdOf(command);
      assert.deepEqual(await takenBy(driverTripId), [id]);
      return matchResult(id, "accepted");
    });
    assert.deepEqual(await takenBy(passengerTrip, driverTripId), [id, id]);
  });
});

for (const command of [propose, accept]) {
  Deno.test(`runCommand() gives back what a refused ${command.name} has marked`, async () => {
    await withRedis(async ({ run, takenBy }) => {
      await assert.rejects(run(command, refuse), { code: "TRIP_ALREADY_MATCHED" });
      assert.deepEqual(await takenBy(passengerTrip, driverTripId), [null, null]);
    });
  });
}

Deno.test("runCommand() marks nobody for an offer that is declined", async () => {
  await withRedis(async ({ run, takenBy }) => {
    await run({ ...accept, accept: false }, async () => {
      assert.deepEqual(await takenBy(driverTripId), [null]);
      return {};
    });
    assert.deepEqual(await takenBy(driverTripId), [null]);
  });
});

for (
  const [action, status, freed] of [
    ["decline", "declined", [null, null]],
    ["cancel", "cancelled_driver", [null, null]],
    ["cancel", "cancelled_passenger", [ids.match, null]],
  ] as const
) {
  Deno.test(`runCommand() gives back who is free again after a match is ${status}`, async () => {
    await withRedis(async ({ run, takenBy, mark, until }) => {
      await mark(ids.match, passengerTrip, driverTripId);
      await run(
        { name: "advance", action, match_id: ids.match },
        () => Promise.resolve(matchResult(ids.match, status)),
      );
      await until(async () => (await takenBy(driverTripId))[0] === null);
      assert.deepEqual(await takenBy(passengerTrip, driverTripId), freed);
    });
  });
}

Deno.test("runCommand() leaves the marks of a ride that goes on", async () => {
  await withRedis(async ({ run, takenBy, mark }) => {
    await mark(ids.match, passengerTrip, driverTripId);
    await run(
      { name: "advance", action: "accept", match_id: ids.match },
      () => Promise.resolve(matchResult(ids.match, "accepted")),
    );
    assert.deepEqual(await takenBy(passengerTrip, driverTripId), [ids.match, ids.match]);
  });
});

Deno.test("runCommand() marks a trip that is cancelled, and gives back the other side's", async () => {
  await withRedis(async ({ run, takenBy, mark, until }) => {
    const cancel: Command = { name: "cancel_trip", trip_id: driverTripId };
    await run(cancel, async () => {
      assert.notEqual((await takenBy(driverTripId))[0], null);
      return { trip: { id: driverTripId }, match: null };
    });
    assert.notEqual((await takenBy(driverTripId))[0], null);

    await mark(ids.match, passengerTrip, otherTrip);
    await run({ ...cancel, trip_id: otherTrip }, () =>
      Promise.resolve({
        match: {
          id: ids.match,
          passenger_trip_id: passengerTrip,
          driver_trip_id: otherTrip,
          status: "cancelled_driver",
          vehicle_type: "moto",
        },
      }));
    await until(async () => (await takenBy(passengerTrip))[0] === null);
    assert.match(
      String(await takenBy(otherTrip)),
      new RegExp(`^${ids.match},cancel:[-0-9a-f]{36}$`),
    );
  });
});

Deno.test("runCommand() marks the trip that a new one replaces", async () => {
  await withRedis(async ({ run, takenBy }) => {
    await run({
      name: "open_trip",
      role: "driver",
      vehicle_type: "moto",
      pickup: kigali,
      expires_in_s: 600,
    }, () => Promise.resolve({ trip: { id: driverTripId }, replaced_trip_id: otherTrip }));
    assert.deepEqual(await takenBy(otherTrip, driverTripId), [`replaced:${driverTripId}`, null]);
  });
});

Deno.test("runCommand() runs an answer without a command", async () => {
  await withRedis(async ({ run }) => {
    let ran = 0;
    await run(null, (command) => {
      assert.equal(command, null);
      ran++;
      return Promise.resolve({});
    });
    assert.equal(ran, 1);
  });
});
