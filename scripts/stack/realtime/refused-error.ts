/** Why a channel is not joined, or not any longer, as Supabase's Realtime puts it. */
export class RefusedError extends Error {
  override name = "RefusedError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }

  /** What the reply to a join says. */
  get reason(): string {
    return `${this.code}: ${this.message}`;
  }
}
