import { z } from "zod";
import type { Cache } from "./cache.ts";
import { countedFamilies, type CountedFamily } from "./counted-families.ts";

/** The labels that a family has; those that are left out are absent from the series. */
type Labels<F extends CountedFamily> = Readonly<
  Partial<Record<(typeof countedFamilies)[F]["labels"][number], string | number>>
>;
type AnyLabels = Readonly<Record<string, string | number | undefined>>;
const hashKey = "mobility:metrics";

/** Of one script: Lua hands over some thousands of arguments at once, and no more. */
const SERIES_AT_ONCE = 1_000;

/**
 * Adds to the fields of a hash. KEYS: the hash. ARGV: the fields, then what is added to each. One HINCRBYFLOAT a field
 * would be as many commands, which Upstash bills one by one, a script's own as well; here they are three.
 */
const addScript = `
local count = #ARGV / 2
local before = redis.call('HMGET', KEYS[1], unpack(ARGV, 1, count))
local after = {}
for i = 1, count do
  after[2 * i - 1] = ARGV[i]
  after[2 * i] = string.format('%.17g', (tonumber(before[i]) or 0) + tonumber(ARGV[count + i]))
end
return redis.call('HSET', KEYS[1], unpack(after))
`;

/**
 * Counters and histograms. An isolate may die after any response, so what it counted is added to Redis
 * after each one, and only a flush that was acknowledged is forgotten here.
 */
export class Metrics {
  readonly #cache: Cache;
  #pending = new Map<string, number>();
  #flushing: Promise<void> | undefined;

  constructor(cache: Cache) {
    this.#cache = cache;
    cache.onError(() => this.count("mobility_cache_errors_total"));
  }

  /** Adds to a counter. */
  count<F extends CountedFamily>(family: F, labels?: Labels<F>, by = 1): void {
    this.#add(series(family, labels), by);
  }

  /** Records one observation of a histogram, in its own unit. */
  observe<F extends CountedFamily>(family: F, value: number, labels?: Labels<F>): void {
    const definition = countedFamilies[family];
    if (!("buckets" in definition)) {
      throw new TypeError(`Cannot observe "${family}": it is a counter`);
    }
    const bound = definition.buckets.find((bucket) => value <= bucket);
    if (bound !== undefined) this.#add(series(`${family}_bucket`, { ...labels, le: bound }), 1);
    this.#add(series(`${family}_count`, labels), 1);
    this.#add(series(`${family}_sum`, labels), value);
  }

  /** Sends what was counted, in one round trip. Never fails; what could not be sent is sent next time. */
  flush(): Promise<void> {
    return this.#flushing ??= this.#send().finally(() => this.#flushing = undefined);
  }

  async #send(): Promise<void> {
    const sending = this.#pending;
    if (sending.size === 0 || !this.#cache.enabled) return;
    this.#pending = new Map();
    const all = [...sending];
    const sent = await this.#cache.exec((redis) => {
      for (let i = 0; i < all.length; i += SERIES_AT_ONCE) {
        const some = all.slice(i, i + SERIES_AT_ONCE);
        redis.eval(addScript, [hashKey], [
          ...some.map(([field]) => field),
          ...some.map(([, value]) => String(value)),
        ]);
      }
    });
    if (sent === undefined) { for (const [field, value] of sending) this.#add(field, value); }
  }

  #add(field: string, by: number): void {
    this.#pending.set(field, (this.#pending.get(field) ?? 0) + by);
  }
}

/**
 * Everything counted so far, in the Prometheus text format (version 0.0.4). Buckets are kept apart in
 * Redis and added up here. Undefined when the cache did not answer.
 */
export async function renderMetrics(cache: Cache): Promise<string | undefined> {
  const answer = await cache.exec((redis) => redis.hgetall(hashKey));
  if (answer === undefined) return undefined;
  const stored = pairs(z.array(z.string()).catch([]).parse(answer[0]));
  const lines: string[] = [];
  for (const [family, definition] of Object.entries(countedFamilies)) {
    lines.push(`# HELP ${family} ${definition.help}`, `# TYPE ${family} ${definition.type}`);
    const own = stored.filter(([field]) => belongsTo(field, family)).sort(([a], [b]) =>
      a < b ? -1 : 1
    );
    if ("buckets" in definition) lines.push(...renderHistogram(family, definition.buckets, own));
    else lines.push(...own.map(([field, value]) => `${field} ${value}`));
  }
  return lines.join("\n") + "\n";
}

/** Redis answers a hash as a flat list: field, value, field, value. */
function pairs(list: readonly string[]): [string, number][] {
  return list.flatMap((field, index) => index % 2 === 0 ? [[field, Number(list[index + 1])]] : []);
}

function renderHistogram(
  family: string,
  buckets: readonly number[],
  stored: readonly [string, number][],
): string[] {
  const values = new Map(stored);
  const countSeries = stored.map(([field]) => field).filter((field) =>
    field.startsWith(`${family}_count`)
  );
  return countSeries.flatMap((field) => {
    const suffix = field.slice(`${family}_count`.length);
    const labels = suffix.slice(1, -1);
    let running = 0;
    const rows = buckets.map((bucket) => {
      const name = `${family}_bucket{${labels === "" ? "" : `${labels},`}le="${bucket}"}`;
      running += values.get(name) ?? 0;
      return `${name} ${running}`;
    });
    const total = values.get(field) ?? 0;
    const sum = values.get(`${family}_sum${suffix}`) ?? 0;
    return [
      ...rows,
      `${family}_bucket{${labels === "" ? "" : `${labels},`}le="+Inf"} ${total}`,
      `${family}_sum${suffix} ${sum}`,
      `${family}_count${suffix} ${total}`,
    ];
  });
}

function belongsTo(field: string, family: string): boolean {
  const name = field.split("{")[0] ?? "";
  return name === family ||
    [`_bucket`, `_count`, `_sum`].some((suffix) => name === family + suffix);
}

function series(name: string, labels: AnyLabels = {}): string {
  const parts = Object.entries(labels).filter(([, value]) => value !== undefined).map((
    [key, value],
  ) => `${key}="${String(value).replace(/[\\"\n]/g, "_")}"`);
  return parts.length === 0 ? name : `${name}{${parts.join(",")}}`;
}
