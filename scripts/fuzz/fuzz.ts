import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { freePorts } from "../loopback/free-ports.ts";
import { fillCity } from "../bench/city.ts";
import { describeMachine, writeReport } from "../bench/results.ts";
import { changedTables, fingerprintTables } from "../postgres/fingerprint-tables.ts";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { print, report } from "../print.ts";
import { runCommand } from "../run-command.ts";
import { startStack } from "../stack/stack.ts";
import { countStatuses, readArchive, refusedOf, sendAgain } from "./replay-refused.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");
const PORTS = 20;
const DRIVERS = 500;

/** What every answer must be, whatever was sent (schemathesis's names). */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "unsupported_method",
] as const;

const USAGE = `deno task fuzz [options]

  --seconds N   how long requests are sent (120)
  --seed N      of what is sent (1)
  --only PATH   endpoints whose path has this in it
  --json FILE   write the results there too
  --help        this text

Needs schemathesis: pipx install schemathesis, or SCHEMATHESIS=<its path>.`;

/** `deno task fuzz`: requests made of the API's own description, good ones and bad ones. Exit code 1: something broke. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      seconds: { type: "string", default: "120" },
      seed: { type: "string", default: "1" },
      only: { type: "string" },
      json: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  const program = await findSchemathesis();
  await using server = await startTemporaryPostgres();
  const sql = postgres(server.url, { max: 2, onnotice: () => {} });
  const folder = await Deno.makeTempDir({ prefix: "mobility-fuzz-" });
  try {
    report("fuzz: filling a small city");
    await migrate(sql);
    await fillCity(sql, DRIVERS);
    report("fuzz: starting the stack");
    const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = Deno.env.toObject();
    const stack = await startStack({
      root: ROOT,
      data: `${folder}/stack`,
      portsFrom: freePorts(PORTS),
      env: { ...env, DATABASE_URL: server.url },
      // What time does to the data is not what a request does.
      jobs: [],
    });
    try {
      const { info } = stack;
      const archive = `${folder}/requests.har`;
      report("fuzz: good requests and bad ones");
      const answered = await schemathesis(program, {
        folder,
        archive,
        url: `${info.functions_url}/orchestrator/openapi.json`,
        key: info.secret_key,
        ...values,
      });
      report("fuzz: the refused ones once more, which change nothing");
      const entries = await readArchive(archive);
      const refused = await sendAgain(refusedOf(entries), info.secret_key);
      const before = await fingerprintTables(sql);
      const again = await sendAgain(refused, info.secret_key);
      const changed = changedTables(before, await fingerprintTables(sql));
      print(`answers: ${answered ? "all as described" : "SEE ABOVE"}`);
      print(
        `${again.length} refused requests, sent again, changed: ${changed.join(", ") || "nothing"}`,
      );
      if (values.json !== undefined) {
        await writeReport({
          name: "fuzz",
          date: new Date().toISOString(),
          machine: await describeMachine(server.url),
          seconds: Number(values.seconds),
          seed: Number(values.seed),
          statuses: countStatuses(entries),
          as_described: answered,
          refused_again: again.length,
          changed_tables: changed,
        }, values.json);
      }
      return answered && again.length > 0 && changed.length === 0 ? 0 : 1;
    } finally {
      await stack.close();
    }
  } finally {
    await sql.end({ timeout: 5 });
    await Deno.remove(folder, { recursive: true });
  }
}

async function schemathesis(program: string, options: {
  readonly folder: string;
  readonly url: string;
  readonly key: string;
  readonly archive: string;
  readonly seconds: string;
  readonly seed: string;
  readonly only?: string;
}): Promise<boolean> {
  const { success } = await new Deno.Command(program, {
    args: [
      "run",
      ...["--checks", CHECKS.join(",")],
      ...["--max-time", options.seconds],
      ...["--seed", options.seed],
      ...["--report", "har", "--report-har-path", options.archive],
      ...["--header", `apikey:${options.key}`],
      ...["--continue-on-failure", "--suppress-health-check", "all"],
      ...(options.only === undefined ? [] : ["--include-path-regex", options.only]),
      options.url,
    ],
    cwd: options.folder,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return success;
}

/** The variable SCHEMATHESIS, else PATH. */
async function findSchemathesis(): Promise<string> {
  const candidates = [
    Deno.env.get("SCHEMATHESIS"),
    ...(Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/schemathesis`),
  ];
  for (const path of candidates) {
    if (path !== undefined && await Deno.stat(path).then((file) => file.isFile, () => false)) {
      return path;
    }
  }
  throw new Error(
    "Cannot find schemathesis. Run: pipx install schemathesis (or set SCHEMATHESIS to its path)",
  );
}

if (import.meta.main) await runCommand(main, USAGE);
