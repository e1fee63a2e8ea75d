import { IntlMessageFormat } from "intl-messageformat";
import { catalogues } from "./catalogue/catalogues.ts";
import type { MessageKey } from "./catalogue/en.ts";
import { intlLocale, type Locale } from "./locale.ts";

const KIGALI = "Africa/Kigali";
/** Too narrow for the fonts of old phones; the wider one does not break a line either. */
const NARROW_SPACE = /\u202F/g;

/** What speaks one language: its texts, and numbers the way its people read them. */
export interface Words {
  readonly locale: Locale;
  /** The text of a key, its values filled in. */
  t(key: MessageKey, values?: Readonly<Record<string, string | number>>): string;
  /** Whole units of a currency, "RWF 1,450"; without one the bare number. */
  money(amount: number, currency?: string | null): string;
  /** Metres as people say them: "350 m", "5.2 km", "14 km". */
  distance(metres: number): string;
  /** Seconds as people say them, at least a minute: "4 min", "1 h 20 min". */
  duration(seconds: number): string;
  /** Seconds to answer within: "20 s", "2 min". */
  patience(seconds: number): string;
  /** The time of day, "18:30". */
  clock(iso: string, timeZone?: string | null): string;
  /** A day and its time, "Wed 25/11, 18:30". */
  moment(iso: string, timeZone?: string | null): string;
  /** A day, "Wednesday 25/11". */
  day(iso: string, timeZone?: string | null): string;
  /** An average of stars, "4.8". */
  rating(average: number): string;
}

/** The words of a language; made once, its messages parsed when first said. */
export function words(locale: Locale): Words {
  return spoken[locale];
}

function speak(locale: Locale): Words {
  const t = translator(locale);
  const number = numberFormatter(locale);
  const minutesText = (minutes: number): string => {
    const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
    if (hours === 0) return t("minutes", { n: minutes });
    return rest === 0 ? t("hours", { n: hours }) : t("hours_minutes", { hours, minutes: rest });
  };
  return {
    locale,
    t,
    money: (amount, currency) =>
      currency
        ? number(amount, { style: "currency", currency, maximumFractionDigits: 0 })
        : number(amount, { maximumFractionDigits: 0 }),
    distance: (metres) => {
      const rounded = Math.max(10, Math.round(metres / 10) * 10);
      if (rounded < 1000) return t("metres", { n: rounded });
      const km = metres / 1000;
      return t("kilometres", { n: km < 9.95 ? Math.round(km * 10) / 10 : Math.round(km) });
    },
    duration: (seconds) => minutesText(Math.max(1, Math.round(seconds / 60))),
    patience: (seconds) =>
      seconds < 120
        ? t("seconds", { n: Math.max(1, Math.round(seconds)) })
        : minutesText(Math.floor(seconds / 60)),
    clock: (iso, timeZone) => at(iso, timeZone).clock,
    moment: (iso, timeZone) => t("moment", at(iso, timeZone)),
    day: (iso, timeZone) => t("weekday", at(iso, timeZone)),
    rating: (average) => number(average, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
  };
}

function translator(locale: Locale): Words["t"] {
  const parsed = new Map<MessageKey, IntlMessageFormat>();
  return (key, values = {}) => {
    let message = parsed.get(key);
    if (message === undefined) {
      const pattern = locale === "fr"
        ? withFrenchSpaces(catalogues.fr[key])
        : catalogues[locale][key];
      message = new IntlMessageFormat(pattern, intlLocale[locale], undefined, { ignoreTag: true });
      parsed.set(key, message);
    }
    const text: unknown = message.format({ ...values });
    return String(text).replace(NARROW_SPACE, "\u00A0");
  };
}

/** Signs that French sets apart stay on the line of their word. */
function withFrenchSpaces(pattern: string): string {
  return pattern.replace(/ (?=[:;!?»])|(?<=«) /g, "\u00A0");
}

function numberFormatter(
  locale: Locale,
): (value: number, options: Intl.NumberFormatOptions) => string {
  return (value, options) =>
    new Intl.NumberFormat(intlLocale[locale], options).format(value)
      .replace(NARROW_SPACE, "\u00A0");
}

/**
 * The parts of a moment, always on the 24-hour clock: Swahili counts hours from dawn when spoken, but
 * everybody reads 18:30 the same way.
 */
function at(
  iso: string,
  timeZone?: string | null,
): { weekday: string; date: string; clock: string } {
  const parts = new Map(
    new Intl.DateTimeFormat("en-GB", {
      timeZone: timeZone ?? KIGALI,
      weekday: "short",
      day: "2-digit",
      month: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }).formatToParts(new Date(iso)).map(({ type, value }) => [type, value]),
  );
  return {
    weekday: (parts.get("weekday") ?? "").toLowerCase(),
    date: `${parts.get("day")}/${parts.get("month")}`,
    clock: `${parts.get("hour")}:${parts.get("minute")}`,
  };
}

const spoken: Readonly<Record<Locale, Words>> = {
  en: speak("en"),
  fr: speak("fr"),
  rw: speak("rw"),
  sw: speak("sw"),
};
