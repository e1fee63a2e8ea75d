import assert from "node:assert/strict";
import { GRAPH_LIMITS } from "../../../../scripts/stack/graph/send-request.ts";
import { limits } from "../../../../shared/whatsapp/mod.ts";

Deno.test("GRAPH_LIMITS, written down for themselves, are those that messages are held to", () => {
  const { textBody, sections, rows, header: _header, footer: _footer, ...rest } = GRAPH_LIMITS;
  const own = { text: textBody, listSections: sections, listRows: rows, ...rest };
  const shared = Object.entries(limits).filter(([name]) => name in own);
  assert.deepEqual(Object.fromEntries(shared), own);
});
