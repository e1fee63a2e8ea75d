import type { ISql } from "postgres";
import { z } from "zod";
import { ALWAYS } from "./always.ts";
import type { Rule } from "./rule.ts";

const found = z.array(z.object({ rule: z.string(), what: z.string() }));

/** A rule that does not hold, and where. */
export type Breach = z.infer<typeof found>[number];

/** Every breach of the rules, asked for in one statement: all of them see the same moment. */
export async function findBreaches(
  sql: ISql<NonNullable<unknown>>,
  rules: readonly Rule[],
): Promise<Breach[]> {
  const all = rules.map((rule) =>
    `select '${rule.name.replaceAll("'", "''")}', breach from (${rule.sql}) b (breach)`
  );
  const statement = `select * from (${all.join("\nunion all\n")}) b (rule, what)`;
  return found.parse([...await sql.unsafe(statement)]);
}

/** What is broken in the database of what must always hold, in words; empty when all is well. */
export async function breaches(sql: ISql<NonNullable<unknown>>): Promise<string[]> {
  return (await findBreaches(sql, ALWAYS)).map(({ rule, what }) => `${rule}: ${what}`);
}
