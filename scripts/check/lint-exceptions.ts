import type { Finding } from "./supabase-cli.ts";

/** Something that the linter says and that stays, with the reason. */
export interface LintException {
  /** The functions it is said of. */
  readonly functions: readonly string[];
  readonly detail: string;
  readonly reason: string;
}

const VERIFY = ["verify", "verify_profiles", "verify_trips", "verify_matches"];

/** What stays in the schemas of this repository. */
export const LINT_EXCEPTIONS: readonly LintException[] = [
  ...["table", "column"].map((name) => ({
    functions: VERIFY.map((verify) => `mobility_v1.${verify}`),
    detail: `name of parameter "${name}" is reserved keyword`,
    reason: "a column of the answer, read by people; always quoted",
  })),
  {
    functions: ["mobility_v1.backfill_batch"],
    detail: "cannot determinate a result of dynamic SQL",
    reason: "which of six tables it reads is known when it runs",
  },
];

/** The findings that no exception is for, and the exceptions, by function, that nothing was found for. */
export function applyExceptions(
  findings: readonly Finding[],
  exceptions: readonly LintException[],
): { readonly left: readonly Finding[]; readonly unneeded: readonly string[] } {
  const texts = exceptions.flatMap(({ functions, detail }) =>
    functions.map((name) => `${name}: ${detail}`)
  );
  const textOf = ({ rule, detail }: Finding): string =>
    `${rule}: ${detail.replace(/ \(line \d+\)$/, "")}`;
  const found = new Set(findings.map(textOf));
  return {
    left: findings.filter((finding) => !texts.includes(textOf(finding))),
    unneeded: texts.filter((text) => !found.has(text)),
  };
}
