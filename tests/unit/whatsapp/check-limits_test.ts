import assert from "node:assert/strict";
import { checkLimits, type OutboundMessage, toWireId } from "../../../shared/whatsapp/mod.ts";

/** What ids have before them on the wire. */
const OURS = toWireId("").length;

function letters(count: number): string {
  return "x".repeat(count);
}

function rows(count: number, from = 0): { id: string; title: string }[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${from + index}`, title: "Row" }));
}

function list(...sections: { title?: string; rows: ReturnType<typeof rows> }[]): OutboundMessage {
  return { type: "list", body: "Choose", button: "Open", sections };
}

function buttons(...titles: string[]): OutboundMessage {
  return {
    type: "buttons",
    body: "?",
    buttons: titles.map((title, index) => ({ id: `${index}`, title })),
  };
}

const largest: Record<string, OutboundMessage> = {
  text: { type: "text", body: letters(4096) },
  buttons: {
    type: "buttons",
    body: letters(1024),
    buttons: ["a", "b", "c"].map((first) => ({
      id: first + letters(255 - OURS),
      title: first + letters(19),
    })),
  },
  list: {
    type: "list",
    body: letters(1024),
    button: letters(20),
    sections: Array.from({ length: 10 }, (_, index) => ({
      title: letters(24),
      rows: [{ id: index + letters(199 - OURS), title: letters(24), description: letters(72) }],
    })),
  },
  untitled: list({ rows: rows(10) }),
  location_request: { type: "location_request", body: letters(1024) },
  link: { type: "link", body: letters(1024), title: letters(20), url: "http://127.0.0.1:1/#a" },
  template: {
    type: "template",
    name: "ride_update_2",
    language: "en_US",
    parameters: [letters(1024), "4    spaces"],
    buttons: Array.from({ length: 10 }, () => letters(128 - OURS)),
  },
  bare: { type: "template", name: "hello", language: "rw", parameters: [] },
};

Deno.test("checkLimits has nothing against the largest message of each type", () => {
  for (const [name, message] of Object.entries(largest)) {
    assert.deepEqual(checkLimits(message), [], name);
  }
});

const link = { type: "link", body: "Track", title: "Open", url: "https://a.example/" } as const;
const template = { type: "template", name: "a", language: "en", parameters: [] } as const;

const refused: [string, OutboundMessage, RegExp][] = [
  ["a text over 4096", { type: "text", body: letters(4097) }, /^body has 4097 characters/],
  ["an empty text", { type: "text", body: " \n" }, /^body is empty/],
  ["emoji counted as one", { type: "text", body: "🚗".repeat(2049) }, /^body has 4098 characters/],
  ["half a character", { type: "text", body: "\ud83d" }, /^body has NUL or half/],
  ["NUL", { type: "text", body: "a\0" }, /^body has NUL/],
  [
    "a location request over 1024",
    { type: "location_request", body: letters(1025) },
    /^body has 1025/,
  ],
  [
    "a body of buttons over 1024",
    { ...largest.buttons, body: letters(1025) } as OutboundMessage,
    /^body/,
  ],
  ["no buttons", buttons(), /^buttons: 0, of 1 to 3/],
  ["four buttons", buttons("a", "b", "c", "d"), /^buttons: 4, of 1 to 3/],
  ["a button title over 20", buttons(letters(21)), /^buttons\[0\]\.title has 21/],
  ["a button title of two lines", buttons("a\nb"), /title has more than one line/],
  ["a button id over 256", {
    type: "buttons",
    body: "?",
    buttons: [{ id: letters(257 - OURS), title: "a" }],
  }, /id has 247 characters, of at most 246/],
  ["a button id with spaces around", {
    type: "buttons",
    body: "?",
    buttons: [{ id: "a ", title: "a" }],
  }, /spaces around/],
  ["two buttons alike", {
    type: "buttons",
    body: "?",
    buttons: [{ id: "a", title: "A" }, { id: "b", title: "A" }],
  }, /^buttons\.title is not unique/],
  ["two buttons with one id", {
    type: "buttons",
    body: "?",
    buttons: [{ id: "a", title: "A" }, { id: "a", title: "B" }],
  }, /^buttons\.id is not unique/],
  ["no sections", list(), /^sections: 0/],
  [
    "eleven rows",
    list({ title: "A", rows: rows(6) }, { title: "B", rows: rows(5, 6) }),
    /^rows of all sections: 11/,
  ],
  [
    "a section without rows",
    list({ title: "A", rows: rows(1) }, { title: "B", rows: [] }),
    /^sections\[1\]\.rows is empty/,
  ],
  [
    "one of two sections without title",
    list({ title: "A", rows: rows(1) }, { rows: rows(1, 1) }),
    /^sections\[1\]\.title is empty/,
  ],
  [
    "a section title over 24",
    list({ title: letters(25), rows: rows(1) }),
    /^sections\[0\]\.title has 25/,
  ],
  [
    "a row title over 24",
    list({ rows: [{ id: "a", title: letters(25) }] }),
    /rows\[0\]\.title has 25/,
  ],
  [
    "a row id over 200",
    list({ rows: [{ id: letters(201 - OURS), title: "a" }] }),
    /rows\[0\]\.id has 191/,
  ],
  [
    "a row twice",
    list({ title: "A", rows: rows(1) }, { title: "B", rows: rows(1) }),
    /^rows\.id is not unique/,
  ],
  ["a row description over 72", {
    type: "list",
    body: "?",
    button: "Open",
    sections: [{ rows: [{ id: "a", title: "a", description: letters(73) }] }],
  }, /description has 73/],
  [
    "a list button over 20",
    { ...largest.untitled, button: letters(21) } as OutboundMessage,
    /^button has 21/,
  ],
  ["a link title over 20", { ...link, title: letters(21) }, /^title has 21/],
  ["a link that is none", { ...link, url: "example.com" }, /^url is no http/],
  ["a link that runs code", { ...link, url: "javascript:alert(1)" }, /^url is no http/],
  ["a link over 2000", { ...link, url: `https://a.example/${letters(2000)}` }, /^url has 2018/],
  ["a template with capitals", { ...template, name: "Ride" }, /^name has others/],
  ["a template in no language", { ...template, language: "English" }, /^language is no code/],
  ["an empty parameter", { ...template, parameters: [""] }, /^parameters\[0\] is empty/],
  ["a parameter of two lines", { ...template, parameters: ["a\tb"] }, /more than one line/],
  ["a parameter with five spaces", { ...template, parameters: ["a     b"] }, /more than 4 spaces/],
  [
    "eleven template buttons",
    { ...template, buttons: rows(11).map((row) => row.id) },
    /^buttons: 11/,
  ],
  ["a payload over 128", { ...template, buttons: [letters(129)] }, /^buttons\[0\] has 129/],
];

for (const [what, message, problem] of refused) {
  Deno.test(`checkLimits refuses ${what}`, () => {
    const problems = checkLimits(message);
    assert.equal(problems.length, 1, problems.join("; "));
    assert.match(problems[0] ?? "", problem);
  });
}

Deno.test("checkLimits refuses eleven sections, and the rows that they must have", () => {
  const sections = rows(11).map((row) => ({ title: "S", rows: [row] }));
  assert.deepEqual(checkLimits(list(...sections)), [
    "sections: 11, of 1 to 10",
    "rows of all sections: 11, of at most 10",
  ]);
});
