/** Ahead of the id of every button and row of ours on the wire: another system on the same number has none like it. */
const NAMESPACE = "mobility2:";

/** The id of a button or a row as Meta is given it. */
export function toWireId(id: string): string {
  return NAMESPACE + id;
}

/** What toWireId was given; undefined for a button of another system. */
export function fromWireId(wireId: string): string | undefined {
  return wireId.startsWith(NAMESPACE) ? wireId.slice(NAMESPACE.length) || undefined : undefined;
}
