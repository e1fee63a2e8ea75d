import type { FaultPlan } from "../stack/graph/faults.ts";
import { type Fault, repeat } from "./fault.ts";
import type { Stage } from "./stage.ts";

const SLOW_MS = 3_000;
const MANY = 10_000;
const SKEW_S = 120;
const KILL_EVERY_MS = 2_500;

/** What can happen to the Graph API. */
export const GRAPH_FAULTS: readonly Fault[] = [
  {
    name: "Graph API down",
    inject: ({ doors }) => {
      doors.graph.isClosed = true;
      doors.graph.cut();
      return Promise.resolve(() => {
        doors.graph.isClosed = false;
        return Promise.resolve();
      });
    },
  },
  {
    name: "Graph API slow",
    inject: ({ doors }) => {
      doors.graph.delayMs = SLOW_MS;
      return Promise.resolve(() => {
        doors.graph.delayMs = 0;
        return Promise.resolve();
      });
    },
  },
  refusing("Graph API rate limiting", [
    { times: MANY, fault: { kind: "error", status: 429, code: 130429, retry_after_s: 2 } },
  ]),
  refusing(
    "Graph API breaks off",
    // Of each two messages, one was taken.
    Array.from({ length: 100 }, () => [
      { times: 1, fault: { kind: "reset_after" } } as const,
      { times: 1, fault: { kind: "error", status: 500, code: 131000 } } as const,
    ]).flat(),
  ),
];

/** kill -9 of each function, again and again; the stack brings it back each time. */
export function processFaults(functions: readonly string[]): Fault[] {
  return functions.map((name) => ({
    name: `${name} killed`,
    inject: ({ stack }) => {
      return Promise.resolve(repeat(KILL_EVERY_MS, () => {
        const pid = stack.functionPids()[name];
        if (pid !== undefined) Deno.kill(pid, "SIGKILL");
        return Promise.resolve();
      }));
    },
  }));
}

/** The functions' clocks against everybody else's. */
export function clockFaults(
  setClocks: NonNullable<Stage["setClocks"]>,
): Fault[] {
  return ([["ahead", SKEW_S], ["behind", -SKEW_S]] as const).map(([way, seconds]) => ({
    name: `the functions' clocks ${Math.abs(seconds)} s ${way}`,
    inject: async () => {
      await setClocks(seconds);
      return () => setClocks(0);
    },
  }));
}

function refusing(name: string, plans: readonly FaultPlan[]): Fault {
  return {
    name,
    inject: async ({ stack }) => {
      const url = `${stack.info.graph_url}/standin/faults`;
      await told(fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(plans),
      }));
      return () => told(fetch(url, { method: "DELETE" }));
    },
  };
}

async function told(sent: Promise<Response>): Promise<void> {
  const response = await sent;
  await response.body?.cancel();
  if (!response.ok) {
    throw new Error(`The stand-in answered ${response.status} to what is to go wrong`);
  }
}
