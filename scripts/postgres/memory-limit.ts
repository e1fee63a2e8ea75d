/** How much memory a group of processes may have, page cache included, enforced by the kernel (Linux cgroups). */
export interface MemoryLimit extends AsyncDisposable {
  /** Puts a process into the group, with all that it starts from now on. */
  add(pid: number): Promise<void>;
  /** Bytes, the most that the group had at once. */
  peak(): Promise<number>;
}

/** The files of a group: cgroup v2, and v1's controller of memory. */
interface Version {
  readonly root: string;
  readonly limit: string;
  readonly peak: string;
}

// https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/memory.html
const VERSIONS: readonly Version[] = [
  { root: "/sys/fs/cgroup", limit: "memory.max", peak: "memory.peak" },
  {
    root: "/sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    peak: "memory.max_usage_in_bytes",
  },
];
/** A group goes only when its last process is gone, which the kernel may notice a little later. */
const TRIES_TO_REMOVE = 50;
const BETWEEN_TRIES_MS = 100;

/** Makes such a group; undefined where this user or this machine cannot, or does not tell the peak (Linux before 5.19). */
export async function limitMemory(bytes: number): Promise<MemoryLimit | undefined> {
  for (const version of VERSIONS) {
    const group = await createGroup(version, bytes);
    if (group === undefined) continue;
    return {
      add: (pid) => Deno.writeTextFile(`${group}/cgroup.procs`, String(pid)),
      peak: async () => Number(await Deno.readTextFile(`${group}/${version.peak}`)),
      [Symbol.asyncDispose]: () => remove(group),
    };
  }
  return undefined;
}

async function createGroup(
  { root, limit, peak }: Version,
  bytes: number,
): Promise<string | undefined> {
  const group = `${root}/mobility-${crypto.randomUUID()}`;
  const made = await unlessRefused(Deno.mkdir(group).then(() => true));
  if (made === undefined) return undefined;
  // Without `create`: in a folder that is no such group the file would be an ordinary one.
  const works = await unlessRefused(
    Deno.writeTextFile(`${group}/${limit}`, String(bytes), { create: false })
      .then(() => Deno.readTextFile(`${group}/${peak}`)),
  );
  if (works !== undefined) return group;
  await remove(group);
  return undefined;
}

async function remove(group: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await Deno.remove(group);
    } catch (error) {
      if (tries === TRIES_TO_REMOVE) throw error;
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
    }
  }
}

/** Undefined where the system does not allow it, or has no such thing. */
async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const refused = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.PermissionDenied ||
      error instanceof Deno.errors.NotCapable ||
      (error instanceof Error && /Read-only file system/.test(error.message));
    if (refused) return undefined;
    throw error;
  }
}
