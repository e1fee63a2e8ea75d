/** A time of day. */
interface ClockTime {
  readonly hour: number;
  readonly minute: number;
}

type DayPart = "morning" | "afternoon" | "evening" | "night";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** A ride sooner than this is a ride now. */
const MIN_AHEAD_MS = 5 * MINUTE_MS;
/** A promise further ahead means nothing. */
const MAX_AHEAD_MS = 7 * DAY_MS;

const tomorrow = /\b(?:tomorrow|demain|ejo(?: hazaza)?|kesho)\b/;
const today = /\b(?:today|aujourdhui|uyu munsi|leo)\b/;
const dayParts: readonly (readonly [RegExp, DayPart])[] = [
  [/\b(?:(?:in the |this )?morning|(?:du |ce )?matin|asubuhi|(?:za )?mu ?gitondo)\b/, "morning"],
  [
    /\b(?:(?:in the |this )?afternoon|(?:de l|l|cet )?apres[- ]?midi|mchana|z? ?amanywa)\b/,
    "afternoon",
  ],
  [/\b(?:(?:in the |this )?evening|(?:du |ce )?soir|jioni|z? ?umugoroba|nimugoroba)\b/, "evening"],
  [/\b(?:(?:at )?night|tonight|(?:de la )?nuit|usiku|z? ?ijoro|nijoro)\b/, "night"],
];
const halfPast = /\b(?:na nusu|nigice)\b/;
const fillers = /\b(?:at|a|around|vers|on|kuri)\b/g;
const digits = /^(\d{1,2})(?: ?([:.]|h|heures?|oclock) ?(\d{2})?)?(?: ?(am|pm))?$/;

/**
 * Reads a time as people type it in the four languages ("18:30", "6pm", "demain 7h30", "saa 2 asubuhi"):
 * the next such moment after `now`, in ISO 8601 UTC. Undefined when the text is no time, or could be two.
 */
export function parseClockTime(
  text: string,
  options: { now: string; timeZone: string },
): string | undefined {
  let rest = text.normalize("NFKD").replace(/[\u0300-\u036f'’.](?!\d)/g, "").toLowerCase()
    .replace(/\ba m\b/, "am").replace(/\bp m\b/, "pm");
  const take = (pattern: RegExp): boolean => {
    const before = rest;
    rest = rest.replace(pattern, " ");
    return rest !== before;
  };
  const dayOffset = take(tomorrow) ? 1 : take(today) ? 0 : undefined;
  const part = dayParts.find(([pattern]) => take(pattern))?.[1];
  const saa = take(/\bsaa\b/);
  const half = take(halfPast);
  const match = digits.exec(rest.replace(fillers, " ").replace(/[\s,!?]+/g, " ").trim());
  if (match === null) return undefined;
  const [, hourText, separator, minuteText, meridiem] = match;
  // A bare number may be a house, a price or a row of a list.
  if (!separator && !meridiem && dayOffset === undefined && !part && !saa) return undefined;
  const said = { hour: Number(hourText), minute: half ? 30 : Number(minuteText ?? 0) };
  const time = onTheClock(said, { saa, part: meridiem ?? part });
  return time && nextMoment(time, { ...options, dayOffset });
}

/** Hours as said, on the clock of 24: undefined when there are none such, or it could be either half of the day. */
function onTheClock(
  said: ClockTime,
  options: { saa: boolean; part: string | undefined },
): ClockTime | undefined {
  const { hour, minute } = said;
  if (hour > 24 || minute > 59 || hour === 24 && minute > 0) return undefined;
  if (hour > 12 || (options.part === undefined && !options.saa)) return { hour: hour % 24, minute };
  if (options.part === undefined || hour === 0 && options.saa) return undefined;
  if (options.saa) return { hour: (hour + swahiliShift(hour, options.part)) % 24, minute };
  const noon = hour % 12;
  switch (options.part) {
    case "am":
    case "morning":
      return { hour: noon, minute };
    case "night":
      return { hour: noon >= 5 ? noon + 12 : noon, minute };
    case "afternoon":
      // Eleven in the day is before noon.
      return { hour: hour >= 10 && hour <= 11 ? hour : noon + 12, minute };
    default:
      return { hour: noon + 12, minute };
  }
}

/** The first hour of a Swahili day is seven in the morning, that of the night seven in the evening. */
function swahiliShift(hour: number, part: string): number {
  if (part === "night") return 18;
  if (part === "evening") return hour >= 9 ? 6 : 18;
  return part === "morning" && hour >= 10 ? 18 : 6;
}

function nextMoment(
  time: ClockTime,
  options: { now: string; timeZone: string; dayOffset: number | undefined },
): string {
  const nowMs = Date.parse(options.now);
  const moment = atLocalTime(time, { ...options, dayOffset: options.dayOffset ?? 0 });
  return options.dayOffset === undefined && moment <= nowMs
    ? new Date(atLocalTime(time, { ...options, dayOffset: 1 })).toISOString()
    : new Date(moment).toISOString();
}

/** Unix milliseconds of a time of day, some days from now, where the person is. */
function atLocalTime(
  time: ClockTime,
  options: { now: string; timeZone: string; dayOffset: number },
): number {
  const nowMs = Date.parse(options.now);
  const local = new Date(nowMs + offsetMs(nowMs, options.timeZone));
  const wall = Date.UTC(
    local.getUTCFullYear(),
    local.getUTCMonth(),
    local.getUTCDate() + options.dayOffset,
    time.hour,
    time.minute,
  );
  // The offset at the wall time itself, should the clocks change in between.
  const near = wall - offsetMs(wall, options.timeZone);
  return wall - offsetMs(near, options.timeZone);
}

/** How far ahead of UTC a time zone is at a moment. */
function offsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(at);
  const part = (type: string): number => Number(parts.find((p) => p.type === type)?.value);
  const wall = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return wall - Math.floor(at / 1000) * 1000;
}

/** Whether a ride can be promised for a moment: a little ahead, and within a week. */
export function isBookable(at: string, now: string): boolean {
  const aheadMs = Date.parse(at) - Date.parse(now);
  return aheadMs >= MIN_AHEAD_MS && aheadMs <= MAX_AHEAD_MS;
}

/** Up to eight times to choose from: the coming half hours, then the usual ones of this evening and tomorrow. */
export function suggestTimes(options: { now: string; timeZone: string }): string[] {
  const halfHour = 30 * MINUTE_MS;
  const first = Math.ceil((Date.parse(options.now) + halfHour) / halfHour) * halfHour;
  const soon = [0, 1, 2, 3].map((index) => first + index * halfHour);
  const usual = [[0, 18], [0, 20], [1, 6], [1, 7], [1, 8], [1, 12], [1, 17]] as const;
  const later = usual
    .map(([dayOffset, hour]) => atLocalTime({ hour, minute: 0 }, { ...options, dayOffset }))
    .filter((at) => at > (soon.at(-1) ?? 0));
  return [...soon, ...later].slice(0, 8).map((at) => new Date(at).toISOString());
}
