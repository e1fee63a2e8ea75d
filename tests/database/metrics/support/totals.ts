import { samplesByName } from "../../../../shared/observability/samples.ts";
import type { Connection } from "../../support/rides.ts";

/** Values by series: `name{label="value"}`, labels in the order of their names. */
export type Series = Readonly<Record<string, number>>;

/** The job that counts. */
export async function rollUp(
  sql: Connection,
): Promise<{ counted?: number; left?: number; busy?: true }> {
  const [row] = await sql<{ answer: { counted?: number; left?: number; busy?: true } }[]>`
    select public.roll_up() as answer`;
  if (row === undefined) throw new Error("Cannot read what was counted: there is no row");
  return row.answer;
}

/** What operations_gauges() says, of series that are not 0 and whose name begins so. */
export async function gauges(sql: Connection, prefix = "mobility_"): Promise<Series> {
  const [row] = await sql<{ answer: unknown }[]>`select public.operations_gauges() as answer`;
  return seriesOf(row?.answer, prefix);
}

/** What database_gauges() says. */
export async function databaseGauges(sql: Connection): Promise<Series> {
  const [row] = await sql<{ answer: unknown }[]>`select public.database_gauges() as answer`;
  return seriesOf(row?.answer, "mobility_");
}

/** The totals of each hour that is kept apart, of metrics whose name begins so. */
export async function hoursOf(
  sql: Connection,
  prefix: string,
): Promise<{ hours_ago: number | null; metric: string; value: number }[]> {
  return [
    ...await sql<{ hours_ago: number | null; metric: string; value: number }[]>`
      select case when isfinite(hour) then
          (extract(epoch from mobility.hour_of(now()) - hour) / 3600)::int end as hours_ago,
        metric, value
      from mobility.hourly_totals
      where starts_with(metric, ${prefix}) and value > 0 order by hour, metric, labels`,
  ];
}

function seriesOf(answer: unknown, prefix: string): Series {
  return Object.fromEntries(
    Object.entries(samplesByName.parse(answer)).flatMap(([name, samples]) =>
      samples.filter(({ value }) => name.startsWith(prefix) && value !== 0)
        .map(({ labels = {}, value }) => {
          const pairs = Object.entries(labels).sort().map(([key, text]) => `${key}="${text}"`);
          return [pairs.length === 0 ? name : `${name}{${pairs.join(",")}}`, value];
        })
    ),
  );
}
