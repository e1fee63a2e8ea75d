import { readCommand, type SimulateOptions, type StudyOptions } from "../options.ts";

/** A way to dispatch, as the options of `deno task simulate` say it. */
export interface StudyPolicy {
  readonly key: string;
  readonly name: string;
  readonly settings: string;
  /** Played with the first seed alone: it is not what the choice is between. */
  readonly once: boolean;
}

/** One simulation of a study. */
export interface StudyRun {
  readonly demand: string;
  readonly policy: StudyPolicy;
  readonly seed: number;
  readonly options: SimulateOptions;
}

const COUNTS = { 1: "one at a time", 2: "two at a time", 3: "three at a time" } as const;

function ranked(
  strategy: string,
  { drivers, once = false }: { drivers: keyof typeof COUNTS; once?: boolean },
): StudyPolicy {
  return {
    key: `${strategy}-b${drivers}`,
    name: `${strategy}, ${COUNTS[drivers]}`,
    settings: `--strategy ${strategy} --batch-size ${drivers}`,
    once,
  };
}

function window(
  windowS: number,
  { creditS = 0, once = false }: { creditS?: number; once?: boolean },
): StudyPolicy {
  const credit = creditS === 0 ? "" : `, ${creditS} s for a minute idle`;
  return {
    key: `window${windowS}-c${creditS}`,
    name: `together every ${windowS} s${credit}`,
    settings: `--strategy nearest --batch-size 1 --window-s ${windowS} --idle-credit-s ${creditS}`,
    once,
  };
}

/** What the others are held against: greedy. */
export const BASELINE = ranked("nearest", { drivers: 1 });

/** What is compared. */
export const STUDY_POLICIES: readonly StudyPolicy[] = [
  BASELINE,
  ranked("nearest", { drivers: 3 }),
  ranked("balanced", { drivers: 3 }),
  window(5, {}),
  window(5, { creditS: 10 }),
  ranked("nearest", { drivers: 2, once: true }),
  ranked("proximity", { drivers: 3, once: true }),
  ranked("balanced", { drivers: 1, once: true }),
  window(10, { once: true }),
];

/** Every run, seed by seed: whoever stops early has all policies on the same people. */
export function planStudy(
  { seeds, scale, pickups, date, folder }: StudyOptions,
): StudyRun[] {
  const demands = [
    { key: "kigali", args: ["--scale", String(scale), "--from", "07:00", "--hours", "1"] },
    ...(pickups === undefined ? [] : [{
      key: "pickups",
      args: [
        ...["--pickups", pickups, "--from", "16:00", "--hours", "4"],
        ...(date === undefined ? [] : ["--date", date]),
      ],
    }]),
  ];
  const numbers = Array.from({ length: seeds }, (_, index) => index + 1);
  return numbers.flatMap((seed) =>
    demands.flatMap(({ key, args }) =>
      STUDY_POLICIES.filter(({ once }) => seed === 1 || !once).map((policy) => ({
        demand: key,
        policy,
        seed,
        options: simulationOf([
          ...args,
          ...policy.settings.split(" "),
          ...["--seed", String(seed), "--direct", "--out", folder],
          ...["--name", `${key}-${policy.key}-${seed}`],
        ]),
      }))
    )
  );
}

function simulationOf(args: readonly string[]): SimulateOptions {
  const command = readCommand(args);
  if (command.do !== "simulate") throw new Error(`Cannot simulate "${args.join(" ")}"`);
  return command.options;
}
