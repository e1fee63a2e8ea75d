/** Clock ticks a second of /proc/<pid>/stat: USER_HZ, which is 100 on every Linux that people run. */
const TICKS = 100;

interface Times {
  readonly parent: number;
  /** Seconds of its own. */
  readonly own: number;
  /** Seconds of children that ended. */
  readonly ended: number;
}

/** Processor seconds that a server and its processes have used so far. */
export function serverCpu(pid: number): number {
  const server = timesOf(pid);
  if (server === undefined) throw new Error(`Cannot measure process ${pid}: it has ended`);
  let seconds = server.own + server.ended;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const child = timesOf(Number(name));
    if (child?.parent === pid) seconds += child.own;
  }
  return seconds;
}

/** The process that started another one. */
export function parentOf(pid: number): number {
  const times = timesOf(pid);
  if (times === undefined) throw new Error(`Cannot find process ${pid}: it has ended`);
  return times.parent;
}

/** proc(5): after the name in parentheses, state is field 3, the parent 4, utime to cstime 14 to 17. */
function timesOf(pid: number): Times | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return undefined;
    }
    // A process that ends while it is read.
    if (error instanceof Error && error.message.includes("No such process")) return undefined;
    throw error;
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  const [parent = 0, [user = 0, system = 0, endedUser = 0, endedSystem = 0]] = [
    fields[1],
    fields.slice(11, 15),
  ];
  return {
    parent,
    own: (user + system) / TICKS,
    ended: (endedUser + endedSystem) / TICKS,
  };
}
