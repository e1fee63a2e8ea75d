/** Where each part of one stack listens, all on 127.0.0.1. */
export interface Ports {
  readonly gateway: number;
  readonly database: number;
  readonly redis: number;
  /** The stand-in for Meta's Graph API. */
  readonly graph: number;
  /** By function name. */
  readonly functions: Readonly<Record<string, number>>;
}

/** Which ports the caller asked for. */
export interface ChoosePortsOptions {
  readonly functions: readonly string[];
  /** The gateway's port, 54321 unless told. */
  readonly gateway?: number | undefined;
  /** Takes every port from here upwards, so that a second stack fits beside the first. */
  readonly from?: number | undefined;
}

/** Something else listens on a port that the stack needs. */
export class PortTakenError extends Error {
  override name = "PortTakenError";
}

// Known to people and to design.md; a function that is not named here gets the next free one from 5000.
const FUNCTION_PORTS: Readonly<Record<string, number>> = {
  ranking: 4500,
  orchestrator: 4600,
  matching: 4700,
  tracking: 4800,
  metrics: 4900,
  "whatsapp-webhook": 4400,
};

/** Gives every part a port; the same functions get the same ports each time. */
export function choosePorts({ functions, gateway, from }: ChoosePortsOptions): Ports {
  if (from !== undefined) {
    return {
      gateway: gateway ?? from,
      database: from + 1,
      redis: from + 2,
      graph: from + 3,
      functions: Object.fromEntries(functions.map((name, index) => [name, from + 4 + index])),
    };
  }
  let next = 5000;
  return {
    gateway: gateway ?? 54321,
    database: 54322,
    redis: 54379,
    graph: 54380,
    functions: Object.fromEntries(
      functions.map((name) => [name, FUNCTION_PORTS[name] ?? next++]),
    ),
  };
}

/**
 * Makes sure that nothing listens on the port of a part that will listen later.
 * @throws {PortTakenError} naming the port, who may hold it and what to do
 */
export function assertFree(port: number, part: string): void {
  refusingTaken({ port, part }, () => Deno.listen({ hostname: "127.0.0.1", port })).close();
}

/**
 * Opens a listener, saying what to do when the port is taken.
 * @throws {PortTakenError}
 */
export function refusingTaken<T>(
  { port, part }: { readonly port: number; readonly part: string },
  open: () => T,
): T {
  try {
    return open();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    throw new PortTakenError(
      `Cannot start: port ${port} (${part}) is taken, perhaps by \`supabase start\` or by another ` +
        `\`deno task start\`. See who with \`ss -ltnp sport = :${port}\` and stop it ` +
        `(\`supabase stop\`, Ctrl-C), or take other ports: deno task start --ports-from 22000`,
      { cause },
    );
  }
}
