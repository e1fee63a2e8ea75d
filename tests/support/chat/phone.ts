import assert from "node:assert/strict";
import type { PhoneContent } from "../../../scripts/stack/graph/phone-content.ts";
import type { MessageKind } from "../../../shared/messages/mod.ts";
import { toWireId } from "../../../shared/whatsapp/mod.ts";
import type { Locale } from "../../../shared/words/mod.ts";
import { type Choice, readMessage, type Received } from "./received.ts";
import type { World } from "../stack.ts";
import type { Act, Identity, StandInClient } from "../../../scripts/stack/graph/stand-in-client.ts";

/** The system as a phone meets it. */
export interface PhoneWorld extends World {
  readonly standIn: StandInClient;
  /** Waits until every message is answered and everything said is sent; the worker helps. */
  settle(): Promise<void>;
  /** What waits in the queues and the last lines of the log, for a failure's message. */
  describe(): Promise<string>;
}

/** Brings what a person does to the webhook, and gives what it answered; null without an answer. */
export type Deliver = (act: Act) => Promise<number | null>;

const PATIENCE_MS = 30_000;

/** A person with a phone: writes, taps, shares where they are, and reads in order what comes. */
export class Phone {
  readonly identity: Identity;
  /** The language in which everything is expected to be said. */
  locale: Locale = "en";
  readonly #world: PhoneWorld;
  readonly #deliver: Deliver;
  /** Everything that was read, the oldest first. */
  readonly #read: Received[] = [];
  #unread: Received[] = [];
  #last = 0;

  /** Delivers through the stand-in, unless told another way. */
  constructor(world: PhoneWorld, identity: Identity, deliver?: Deliver) {
    this.#world = world;
    this.identity = identity;
    this.#deliver = deliver ?? (async (act) => (await world.standIn.act(act)).status);
  }

  /** Everything that was read so far, the oldest first. */
  get read(): readonly Received[] {
    return this.#read;
  }

  write(text: string): Promise<void> {
    return this.do({ kind: "text", text });
  }

  /** Shares a pin. */
  pin(at: { lat: number; lng: number }, more: { name?: string } = {}): Promise<void> {
    return this.do({ kind: "location", lat: at.lat, lng: at.lng, ...more });
  }

  shareCard(name: string, phone: string): Promise<void> {
    return this.do({ kind: "contacts", contacts: [{ name, phone }] });
  }

  /** Taps on the newest button or row that was read and begins with this id, or has this title. */
  tap(choice: string): Promise<void> {
    return this.tapOld(this.find(choice));
  }

  /** Taps on a reason of the newest list of reasons to cancel. */
  tapReason(reason: string): Promise<void> {
    const reasons = this.#read.findLast(({ kind }) => kind === "choose_cancel_reason");
    const found = reasons?.choices.find(({ id }) => id.endsWith(`:${reason}`));
    assert.ok(found, `${this.#name} was never offered the reason ${reason}`);
    return this.tapOld(found);
  }

  /** Taps on anything that was ever offered, or was not. */
  tapOld({ id, title }: Choice): Promise<void> {
    return this.do({ kind: "reply", id, title });
  }

  /** The newest button or row that was read and begins with this id, or has this title. */
  find(choice: string): Choice {
    for (const { choices } of this.#read.toReversed()) {
      const found = choices.find(({ id, title }) => id.startsWith(choice) || title === choice);
      if (found !== undefined) return found;
    }
    throw new Error(`${this.#name} was never offered "${choice}"`);
  }

  /** Does something, taps on this system's buttons; the webhook has answered 200 when this returns. */
  async do(content: PhoneContent): Promise<void> {
    const sent = content.kind === "reply" ? { ...content, id: toWireId(content.id) } : content;
    const status = await this.#deliver({ from: this.identity, content: sent });
    assert.equal(status, 200, `${this.#name}: the webhook's answer to ${content.kind}`);
  }

  /** Reads the next messages, which are of these kinds in this order. Gives the last of them. */
  async receive(...kinds: [MessageKind, ...MessageKind[]]): Promise<Received> {
    let last: Received | undefined;
    for (const kind of kinds) {
      last = await this.#next(kind);
      const text = `${last.kind} ${JSON.stringify(last.params)}\n${last.text}`;
      assert.equal(last.kind, kind, `${this.#name} expected ${kind} and read ${text}`);
    }
    if (last === undefined) throw new Error("Cannot receive nothing");
    return last;
  }

  /** Everything is answered and sent, and there is nothing that was not read. */
  async assertQuiet(): Promise<void> {
    await this.#world.settle();
    await this.#fetch({ wait: false });
    const unread = this.#unread.map(({ kind, text }) => `${kind}: ${text}`);
    assert.deepEqual(unread, [], `${this.#name} got something unexpected`);
  }

  /** Reads whatever has come when everything is answered and sent. */
  async receiveAll(): Promise<Received[]> {
    await this.#world.settle();
    await this.#fetch({ wait: false });
    const all = this.#unread;
    this.#unread = [];
    this.#read.push(...all);
    return all;
  }

  get #name(): string {
    return this.identity.name ?? this.identity.whatsapp_user_id ?? this.identity.phone ?? "?";
  }

  async #next(kind: string): Promise<Received> {
    const deadline = performance.now() + PATIENCE_MS;
    while (this.#unread.length === 0) {
      if (performance.now() > deadline) {
        const state = await this.#world.describe();
        throw new Error(`${this.#name} waited in vain for ${kind}.\n${state}`);
      }
      await this.#fetch({ wait: true });
    }
    const next = this.#unread.shift();
    if (next === undefined) throw new Error("Nothing is unread");
    this.#read.push(next);
    return next;
  }

  async #fetch({ wait }: { wait: boolean }): Promise<void> {
    const { standIn } = this.#world;
    for (const told of await standIn.messages(this.identity, { after: this.#last, wait })) {
      const { identity: to, locale } = this;
      this.#unread.push(await readMessage(this.#world, told, { to, locale }));
      this.#last = told.n;
    }
  }
}
