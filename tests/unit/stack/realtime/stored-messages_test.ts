import assert from "node:assert/strict";
import type { RelayDatabase } from "../../../../scripts/stack/realtime/relay-database.ts";
import {
  followMessages,
  type StoredMessage,
} from "../../../../scripts/stack/realtime/stored-messages.ts";

Deno.test("followMessages() keeps the order behind a message that must be fetched", async () => {
  const { database, notify, answers } = scripted();
  const got: string[] = [];
  const errors: unknown[] = [];
  await followMessages(database, {
    onMessage: ({ id }) => got.push(id),
    onError: (error) => errors.push(error),
  });
  notify(message("1"));
  assert.deepEqual(got, ["1"], "a whole one is told at once");
  notify({ id: "2" });
  notify(message("3"));
  notify({ id: "4" });
  notify({ id: "5" });
  notify(message("6"));
  assert.deepEqual(got, ["1"], "those behind it wait");
  await settled();
  answers.get("2")?.resolve([{ message: JSON.stringify(message("2")) }]);
  await settled();
  assert.deepEqual(got, ["1", "2", "3"]);
  answers.get("4")?.reject(new Error("gone"));
  await settled();
  answers.get("5")?.resolve([]);
  await settled();
  assert.deepEqual(got, ["1", "2", "3", "6"], "one that cannot be fetched holds nobody up");
  assert.equal(errors.length, 1);
  notify(message("7"));
  assert.deepEqual(got, ["1", "2", "3", "6", "7"]);
});

Deno.test("followMessages() reports a notification that is none of its own", async () => {
  const { database, notify } = scripted();
  const got: StoredMessage[] = [];
  const errors: unknown[] = [];
  await followMessages(database, {
    onMessage: (one) => got.push(one),
    onError: (error) => errors.push(error),
  });
  notify("not an object");
  notify(undefined);
  notify(message("1"));
  assert.deepEqual(got.map(({ id }) => id), ["1"]);
  assert.equal(errors.length, 2);
});

function message(id: string): StoredMessage {
  return { id, topic: "t", event: "e", private: true, payload: { id } };
}

/** A database that answers when it is told to. */
function scripted(): {
  database: RelayDatabase;
  notify: (payload: unknown) => void;
  /** By the id that was asked for. */
  answers: Map<string, PromiseWithResolvers<unknown[]>>;
} {
  const answers = new Map<string, PromiseWithResolvers<unknown[]>>();
  let tell: ((payload: string) => void) | undefined;
  const database: RelayDatabase = {
    query: async (_, [id = ""]) => {
      const answer = Promise.withResolvers<unknown[]>();
      answers.set(id, answer);
      return await answer.promise;
    },
    probe: () => Promise.reject(new Error("Unused")),
    listen: (_, onPayload) => {
      tell = onPayload;
      return Promise.resolve();
    },
  };
  return { database, notify: (payload) => tell?.(JSON.stringify(payload) ?? "{"), answers };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
