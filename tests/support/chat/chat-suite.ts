import assert from "node:assert/strict";
import { z } from "zod";
import { contract } from "../http-contract.ts";
import { stackSuite, type StackSuiteOptions, type World } from "../stack.ts";
import { type Deliver, Phone, type PhoneWorld } from "./phone.ts";
import { type Identity, StandInClient } from "../../../scripts/stack/graph/stand-in-client.ts";

/** A running stack with phones around it. */
export interface ChatWorld extends PhoneWorld {
  /** Somebody nobody has heard of; with a number and a business-scoped id unless told otherwise. */
  phone(identity?: Partial<Identity>, deliver?: Deliver): Phone;
  /** What the clock does: answers, sends and posts what is due. */
  work(): Promise<void>;
  /** Runs one of the scheduled functions of the database, then what follows from it. */
  sweepAnd(name: "sweep" | "sweep_dispatch" | "sweep_chat"): Promise<void>;
  /** The time to wait before the next attempt, or before the next message to a person, has passed. */
  hurry(): Promise<void>;
}

/** Where the tests of the chat are put. */
export interface ChatSuite {
  test(name: string, body: (world: ChatWorld) => Promise<void>): void;
}

const SETTLE_MS = 30_000;
const LOG_LINES = 30;
const pending = z.object({ inbox: z.number(), outbox: z.number(), deliveries: z.number() });
let people = 0;

/** A stack as `stackSuite` takes it, and its phones. */
export interface ChatSuiteOptions extends StackSuiteOptions {
  /** Whether sent, delivered and read follow every message. They do unless told otherwise. */
  readonly statuses?: boolean;
}

/** One stack for all the tests that are added; see `stackSuite`. */
export function chatSuite({ statuses = true, ...options }: ChatSuiteOptions): ChatSuite {
  const suite = stackSuite(options);
  let chat: ChatWorld | undefined;

  async function setUp(world: World): Promise<ChatWorld> {
    const made = withPhones(world);
    await made.standIn.setStatuses(statuses);
    return made;
  }

  return {
    test: (name, body) => suite.test(name, async (world) => body(chat ??= await setUp(world))),
  };
}

/** Adds phones to a running stack. */
export function withPhones(world: World): ChatWorld {
  const { info, sql } = world;

  async function work(): Promise<void> {
    const response = await fetch(`${info.functions_url}/whatsapp-webhook/work`, {
      method: "POST",
      headers: { apikey: info.secret_key, "content-type": "application/json" },
      body: "{}",
    });
    const text = await response.text();
    contract.checkText({ method: "POST", path: "whatsapp-webhook/work" }, { response, text });
    assert.equal(response.status, 200, text);
  }

  async function waiting(): Promise<z.infer<typeof pending>> {
    const [row] = await sql`
      select (select count(*)::integer from mobility.inbox where done_at is null) as inbox,
        (select count(*)::integer from mobility.outbox where status = 'queued') as outbox,
        (select count(*)::integer from mobility.deliveries where status = 'queued') as deliveries`;
    return pending.parse(row);
  }

  async function describe(): Promise<string> {
    const rows = await sql`
      select 'inbox ' || (content ->> 'kind') || ' attempts ' || attempts || ' ' || coalesce(error_code, '') as line
      from mobility.inbox where done_at is null
      union all
      select 'outbox ' || kind || ' ' || status || ' attempts ' || attempts || ' ' || coalesce(error_detail, '')
      from mobility.outbox where status in ('queued', 'dead')
      limit 40`;
    const lines = z.array(z.object({ line: z.string() })).parse(rows).map(({ line }) => line);
    return [...lines, "The log ends with:", ...world.log.slice(-LOG_LINES)].join("\n");
  }

  async function settle(): Promise<void> {
    const deadline = performance.now() + SETTLE_MS;
    while (true) {
      const { inbox, outbox, deliveries } = await waiting();
      if (inbox + outbox + deliveries === 0) return;
      if (performance.now() > deadline) {
        throw new Error(`Not everything is answered and sent.\n${await describe()}`);
      }
      await work();
    }
  }

  const chat: ChatWorld = {
    ...world,
    standIn: new StandInClient(info.graph_url),
    phone: (identity = {}, deliver) => {
      people++;
      const digits = String(people).padStart(6, "0");
      return new Phone(chat, {
        name: `Person ${people}`,
        phone: `+250788${digits}`,
        whatsapp_user_id: `RW.5000000000${digits}`,
        ...identity,
      }, deliver);
    },
    work,
    sweepAnd: async (name) => {
      await sql`select ${sql.unsafe(`public.${name}()`)}`;
      await work();
    },
    settle,
    hurry: async () => {
      await sql`delete from mobility.sending_pairs`;
      for (const queue of ["inbox", "outbox", "deliveries"]) {
        await sql`update mobility.${sql(queue)} set not_before = now() where not_before > now()`;
      }
    },
    describe,
  };
  return chat;
}
