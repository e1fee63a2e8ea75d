/** What a check found; a warning or a failure says what to do. */
export interface Finding {
  readonly status: "ok" | "warning" | "failed";
  readonly detail: string;
  readonly todo?: string;
}

/** One thing that a deployment needs, looked at without changing anything. */
export interface Check {
  readonly id: string;
  readonly title: string;
  /** What is run or read, secrets masked. */
  readonly command: string;
  look(): Promise<Finding>;
}

/** A check's finding when all is well. */
export function ok(detail: string): Finding {
  return { status: "ok", detail };
}

/** A finding that a deployment can live with. */
export function warning(detail: string, todo: string): Finding {
  return { status: "warning", detail, todo };
}

/** A finding that it cannot. */
export function failed(detail: string, todo: string): Finding {
  return { status: "failed", detail, todo };
}
