/** Somebody rolled back while this process was at work: the share is theirs. */
export class TakenOverError extends Error {
  override name = "TakenOverError";
}

/** A share breached its limits and was rolled back. */
export class RolledBackError extends Error {
  override name = "RolledBackError";
}
