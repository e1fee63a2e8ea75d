import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isBookable,
  parseClockTime,
  suggestTimes,
} from "../../../shared/conversation/clock-times.ts";
import { now } from "./events.ts";

/** The day and time in Kigali, where it is Monday 23, 16:15. */
function inKigali(typed: string): string | undefined {
  const at = parseClockTime(typed, { now, timeZone: "Africa/Kigali" });
  return at && new Date(Date.parse(at) + 2 * 3600_000).toISOString().slice(8, 16).replace("T", " ");
}

Deno.test("parseClockTime() reads a time as it is typed in each of the four languages", () => {
  const times: Record<string, string> = {
    "18:30": "23 18:30",
    " 18:30 ": "23 18:30",
    "18.30": "23 18:30",
    "18h30": "23 18:30",
    "18H": "23 18:00",
    "6pm": "23 18:00",
    "6 PM": "23 18:00",
    "6 p.m.": "23 18:00",
    "6:45pm": "23 18:45",
    "12am": "24 00:00",
    "12pm": "24 12:00",
    "24:00": "24 00:00",
    "at 18:30": "23 18:30",
    "à 18h30": "23 18:30",
    "7h30": "24 07:30",
    "16:15": "24 16:15",
    "16:16": "23 16:16",
    "tomorrow 7:00": "24 07:00",
    "7:00 tomorrow": "24 07:00",
    "Tomorrow at 7": "24 07:00",
    "tomorrow at 7 in the evening": "24 19:00",
    "7 in the morning": "24 07:00",
    "tonight 9": "23 21:00",
    "today 18:00": "23 18:00",
    "today 9:00": "23 09:00",
    "demain 7h": "24 07:00",
    "demain matin 7h30": "24 07:30",
    "demain à 8 heures": "24 08:00",
    "8 heures 30": "24 08:30",
    "tomorrow 8 o'clock": "24 08:00",
    "aujourd'hui 18h": "23 18:00",
    "7h du soir": "23 19:00",
    "3h de l'après-midi": "24 15:00",
    "ejo 7:00": "24 07:00",
    "ejo hazaza 7:00": "24 07:00",
    "uyu munsi 18:00": "23 18:00",
    "ejo mu gitondo 7:00": "24 07:00",
    "ejo saa 2 za mu gitondo": "24 08:00",
    "saa 1 z'umugoroba": "23 19:00",
    "saa 3 z'ijoro": "23 21:00",
    "kesho 7:00": "24 07:00",
    "leo 18:00": "23 18:00",
    "kesho saa 2 asubuhi": "24 08:00",
    "saa 2 na nusu asubuhi": "24 08:30",
    "saa 11 jioni": "23 17:00",
    "saa 1 jioni": "23 19:00",
    "saa 2 usiku": "23 20:00",
    "saa 6 usiku": "24 00:00",
    "saa 6 mchana": "24 12:00",
    "saa 12 asubuhi": "24 06:00",
    "saa 18:30": "23 18:30",
  };
  for (const [typed, expected] of Object.entries(times)) {
    assert.equal(inKigali(typed), expected, typed);
  }
});

Deno.test("parseClockTime() takes no guess at what could be two times, or none", () => {
  const others = [
    "",
    "7",
    "18",
    "1830",
    "25:00",
    "18:60",
    "18:3",
    "saa 2",
    "saa mbili",
    "kesho",
    "tomorrow",
    "soon",
    "24:30",
    "7:00 7:00",
    "KG 7 Ave",
    "https://x.example/18:30",
  ];
  for (const typed of others) assert.equal(inKigali(typed), undefined, typed);
});

Deno.test("parseClockTime() finds the next moment of the clock on the wall, whatever the time zone", () => {
  const zones = ["Africa/Kigali", "Africa/Nairobi", "UTC", "Europe/Brussels", "America/New_York"];
  fc.assert(fc.property(
    fc.constantFrom(...zones),
    fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
    fc.integer({ min: 13, max: 23 }),
    fc.integer({ min: 0, max: 59 }),
    (timeZone, nowMs, hour, minute) => {
      const wall = `${hour}:${String(minute).padStart(2, "0")}`;
      const at = parseClockTime(wall, { now: new Date(nowMs).toISOString(), timeZone });
      assert.ok(at !== undefined);
      const shown = new Intl.DateTimeFormat("en-GB", { timeZone, timeStyle: "short" });
      assert.equal(shown.format(Date.parse(at)), wall);
      const aheadMs = Date.parse(at) - nowMs;
      // A day on which the clocks go back has 25 hours.
      assert.ok(aheadMs > 0 && aheadMs <= 25 * 3600_000, `${aheadMs}`);
    },
  ));
});

Deno.test("parseClockTime() never throws", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (typed) => {
    inKigali(typed);
  }));
});

Deno.test("isBookable() takes from five minutes to seven days ahead", () => {
  const ahead = (seconds: number): boolean =>
    isBookable(new Date(Date.parse(now) + seconds * 1000).toISOString(), now);
  assert.deepEqual([299, 300, 7 * 86_400, 7 * 86_400 + 1].map(ahead), [false, true, true, false]);
});

Deno.test("suggestTimes() offers at most eight times, each once, in order and bookable", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 7 * 24 * 60 }), (minutes) => {
    const at = new Date(Date.parse(now) + minutes * 60_000).toISOString();
    const times = suggestTimes({ now: at, timeZone: "Africa/Kigali" });
    assert.ok(times.length >= 4 && times.length <= 8);
    assert.deepEqual(times, [...new Set(times)].sort());
    assert.ok(times.every((time) => isBookable(time, at)));
  }));
});
