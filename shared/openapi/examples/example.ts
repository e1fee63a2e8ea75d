/** An example of an operation: what is sent, should it have a body, and what is answered. */
export interface Example {
  readonly request?: unknown;
  readonly response: unknown;
}
