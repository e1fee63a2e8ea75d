import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { findPrograms } from "./binaries.ts";
import {
  type ConfigurationOptions,
  type MonitoringPorts,
  writeConfiguration,
} from "./configuration.ts";
import { PrometheusApi } from "./prometheus-api.ts";

/** How to start the monitoring: whom it watches, and the folder that is its own. */
export interface MonitoringOptions extends ConfigurationOptions {
  /** Configuration and data are written here; an earlier run's data is kept. */
  readonly folder: string;
  readonly onProgress?: (line: string) => void;
}

/** A Prometheus, an Alertmanager and a blackbox exporter that answer. */
export interface Monitoring extends AsyncDisposable {
  readonly urls: Readonly<Record<keyof MonitoringPorts, string>>;
  readonly api: PrometheusApi;
  /** Resolves when one of them ends by itself, with what it said last. */
  readonly failed: Promise<string>;
  /** Stops all of them; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Runs a program that ends with whoever holds its standard input: Ctrl-C, `kill -9` of the whole task and a closed
 * pipe all end it.
 */
const KEEPER = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ cat <&3 >/dev/null; kill "$child"; } 2>/dev/null &
wait "$child"
`;
const READY_MS = 30_000;
const LAST_LINES = 15;

/**
 * Starts Prometheus, Alertmanager and the blackbox exporter with the configuration of `ops/`, and returns when they
 * answer.
 * @throws {ProgramNotFoundError} saying which packages to install
 */
export async function startMonitoring(options: MonitoringOptions): Promise<Monitoring> {
  const { folder, ports, scale = 1, onProgress = () => {} } = options;
  const programs = await findPrograms(["prometheus", "alertmanager", "blackbox"]);
  await Deno.mkdir(folder, { recursive: true });
  await writeConfiguration(folder, options);
  const urls = {
    prometheus: `http://127.0.0.1:${ports.prometheus}`,
    alertmanager: `http://127.0.0.1:${ports.alertmanager}`,
    blackbox: `http://127.0.0.1:${ports.blackbox}`,
  };
  const listen = (name: keyof MonitoringPorts): string =>
    `--web.listen-address=127.0.0.1:${ports[name]}`;
  const running = [
    new Kept("blackbox", {
      command: [
        programs.blackbox,
        "--config.file=blackbox.yml",
        listen("blackbox"),
        "--log.level=warn",
        // How much earlier than the scrape's end a probe gives up.
        `--timeout-offset=${Math.min(0.5, 0.5 * 10 / scale)}`,
      ],
      folder: `${folder}/blackbox`,
    }),
    new Kept("alertmanager", {
      command: [
        programs.alertmanager,
        "--config.file=alertmanager.yml",
        "--storage.path=data",
        "--cluster.listen-address=",
        listen("alertmanager"),
        "--log.level=warn",
      ],
      folder: `${folder}/alertmanager`,
    }),
    new Kept("prometheus", {
      command: [
        programs.prometheus,
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        "--storage.tsdb.retention.time=30d",
        listen("prometheus"),
        "--log.level=warn",
        `--rules.alert.resend-delay=${Math.max(Math.round(60_000 / scale), 1000)}ms`,
      ],
      folder: `${folder}/prometheus`,
    }),
  ];
  const close = async (): Promise<void> => {
    await Promise.all(running.map((program) => program.stop()));
  };
  try {
    await Promise.all(running.map(async (program) => {
      const path = program.name === "blackbox" ? "/-/healthy" : "/-/ready";
      await program.answers(`${urls[program.name]}${path}`);
      onProgress(`${program.name} answers at ${urls[program.name]}`);
    }));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    urls,
    api: new PrometheusApi(urls.prometheus),
    failed: Promise.race(running.map(async (program) => {
      await program.ended;
      return program.lastWords();
    })),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** One program on its leash. */
class Kept {
  readonly name: keyof MonitoringPorts;
  readonly ended: Promise<Deno.CommandStatus>;
  readonly #leash: WritableStream<Uint8Array>;
  readonly #lines: string[] = [];
  readonly #read: Promise<unknown>;
  #isEnded = false;
  #stopping: Promise<void> | undefined;

  constructor(
    name: keyof MonitoringPorts,
    { command, folder }: { readonly command: readonly string[]; readonly folder: string },
  ) {
    this.name = name;
    const child = new Deno.Command("sh", {
      args: ["-c", KEEPER, `${name}-keeper`, ...command],
      cwd: folder,
      // Ctrl-C reaches every process of the terminal's group: which one ends when is for this one to say.
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#leash = child.stdin;
    this.#read = Promise.all([child.stdout, child.stderr].map((stream) => this.#keep(stream)));
    this.ended = child.status.then((status) => {
      this.#isEnded = true;
      return status;
    });
  }

  /** Waits until it answers. @throws {Error} with what it said last when it ends, or takes too long */
  async answers(url: string): Promise<void> {
    const deadline = performance.now() + READY_MS;
    while (!await isOk(url)) {
      if (this.#isEnded || performance.now() > deadline) throw new Error(this.lastWords());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  lastWords(): string {
    const how = this.#isEnded ? "ended" : "does not answer";
    return [`${this.name} ${how}. The last it said:`, ...this.#lines].join("\n");
  }

  stop(): Promise<void> {
    return this.#stopping ??= (async () => {
      // Closed already when it ended by itself.
      await this.#leash.close().catch(() => {});
      await this.ended;
      await this.#read;
    })();
  }

  async #keep(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const line of createInterface({ input: Readable.fromWeb(stream) })) {
      this.#lines.push(line);
      if (this.#lines.length > LAST_LINES) this.#lines.shift();
    }
  }
}

async function isOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return false;
    throw error;
  }
}
