import assert from "node:assert/strict";
import { tidy, tidyLines } from "../../../shared/messages/tidy.ts";

const family = "👨‍👩‍👧‍👦";

Deno.test("tidy() leaves one line without what turns, hides or breaks text", () => {
  assert.equal(tidy("  Jean\n\tde Dieu  ", 40), "Jean de Dieu");
  assert.equal(tidy("Jean\u202Enaej\u2066", 40), "Jean naej");
  assert.equal(tidy("Jean\uD83D", 40), "Jean\uFFFD");
  assert.equal(tidy("Ana\u0000Maria", 40), "Ana Maria");
});

Deno.test("tidy() cuts with an ellipsis between what people see as characters, within the limit", () => {
  assert.equal(tidy("Jean de Dieu", 12), "Jean de Dieu");
  assert.equal(tidy("Jean de Dieu", 11), "Jean de Di…");
  assert.equal(tidy("Jean de Dieu", 6), "Jean…");
  assert.equal(tidy(`Aline ${family}`, 12), "Aline…");
  assert.equal(tidy(family.repeat(2), family.length + 1), `${family}…`);
  for (let max = 2; max < 40; max++) {
    const cut = tidy(`Zoë ${family} 🇷🇼🇷🇼 نور ${family}`, max);
    assert.ok(cut.length <= max && cut.isWellFormed(), cut);
  }
});

Deno.test("tidy() gives nothing for a text that shows nothing", () => {
  for (const text of ["", "   ", "\n", "\u200B\u200D", "\uFEFF", "\u202E"]) {
    assert.equal(tidy(text, 10), "");
  }
  assert.equal(tidy("🙂", 10), "🙂");
});

Deno.test("tidyLines() keeps the lines", () => {
  assert.equal(tidyLines(" At the gate.\nBlue\u202E helmet. ", 40), "At the gate.\nBlue  helmet.");
  assert.equal(tidyLines("a\nb\nc", 4), "a\nb…");
});
