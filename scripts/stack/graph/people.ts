/** Somebody who has WhatsApp: known by a phone number, a business-scoped id, or both. */
export interface Person {
  /** Names the person in the stand-in; stays the same when the other address becomes known. */
  readonly key: string;
  /** Digits alone, as Meta's `wa_id`. */
  readonly phone: string | null;
  readonly whatsapp_user_id: string | null;
  readonly name: string | null;
}

/** How somebody is addressed: a phone number in any writing, or a business-scoped id. */
export interface Address {
  readonly phone?: string | null | undefined;
  readonly whatsapp_user_id?: string | null | undefined;
  readonly name?: string | null | undefined;
}

/** Who the stand-in has heard of. */
export class People {
  readonly #people = new Map<string, Person>();

  /** Everybody, in the order in which they became known. */
  all(): Person[] {
    return [...this.#people.values()];
  }

  /** The person with this phone or this id. */
  find(address: Address): Person | undefined {
    return this.#matching(address)[0];
  }

  /** The person, made or completed with what the address adds. Tells whether anything changed. */
  know(address: Address): { person: Person; changed: boolean } {
    const [known, ...same] = this.#matching(address);
    // A number and an id turn out to be one person's.
    for (const { key } of same) this.#people.delete(key);
    const phone = digits(address.phone) ?? null;
    const person: Person = {
      key: known?.key ?? address.whatsapp_user_id ?? phone ?? crypto.randomUUID(),
      phone: phone ?? known?.phone ?? null,
      whatsapp_user_id: address.whatsapp_user_id ?? known?.whatsapp_user_id ?? null,
      name: address.name ?? known?.name ?? null,
    };
    const changed = JSON.stringify(person) !== JSON.stringify(known);
    if (changed) this.#people.set(person.key, person);
    return { person, changed };
  }

  /** Reads `to=` of a query: an id begins with its country, a number does not. */
  static address(text: string): Address {
    return /^[A-Z]{2}\./.test(text) ? { whatsapp_user_id: text } : { phone: text };
  }

  #matching(address: Address): Person[] {
    const phone = digits(address.phone);
    const id = address.whatsapp_user_id ?? undefined;
    return this.all().filter((person) =>
      (id !== undefined && person.whatsapp_user_id === id) ||
      (phone !== undefined && person.phone === phone)
    );
  }
}

function digits(phone: string | null | undefined): string | undefined {
  const found = phone?.replaceAll(/\D/g, "");
  return found === "" ? undefined : found;
}
