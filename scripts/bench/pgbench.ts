import { findPostgresBinaries } from "../postgres/postgres-binaries.ts";

/** A load: one script run by some clients, for some seconds or a number of times each. */
export interface Load {
  readonly url: string;
  readonly script: string;
  readonly clients: number;
  readonly seconds?: number;
  readonly transactionsPerClient?: number;
  /** Transactions a second of all clients together, begun by the clock; as many as can be without it. */
  readonly rate?: number;
}

/**
 * Runs a script with PostgreSQL's own benchmark client, with prepared statements, and answers with the
 * transactions a second it saw.
 * @throws Error when a transaction failed or pgbench is missing
 */
export async function pgbench(load: Load): Promise<number> {
  const binaries = await findPostgresBinaries();
  const file = await Deno.makeTempFile({ suffix: ".pgbench" });
  try {
    await Deno.writeTextFile(file, load.script);
    const length = load.transactionsPerClient === undefined
      ? ["-T", String(load.seconds ?? 5)]
      : ["-t", String(load.transactionsPerClient)];
    const command = new Deno.Command(`${binaries.folder}/pgbench`, {
      args: [
        "-n",
        "-M",
        "prepared",
        "-c",
        String(load.clients),
        "-j",
        "2",
        ...length,
        ...(load.rate === undefined ? [] : ["-R", String(load.rate)]),
        "-f",
        file,
        load.url,
      ],
      stdout: "piped",
      stderr: "piped",
    });
    const { code, stdout, stderr } = await command.output();
    const text = new TextDecoder().decode(stdout);
    // By the clock, a short round may have nothing to do, and then pgbench gives no rate.
    const isIdle = /actually processed: 0(?:\/|$)/m.test(text);
    const tps = isIdle ? 0 : Number(text.match(/^tps = ([0-9.]+)/m)?.[1]);
    if (code !== 0 || !(tps > 0 || load.rate !== undefined && tps === 0)) {
      throw new Error(
        `pgbench failed (it comes with the PostgreSQL server package): ${
          new TextDecoder().decode(stderr)
        }`,
      );
    }
    return tps;
  } finally {
    await Deno.remove(file);
  }
}
