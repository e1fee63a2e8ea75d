import assert from "node:assert/strict";
import { replyEnd, respCommand } from "../../../scripts/bench/peers/resp.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("respCommand() writes words with their lengths in bytes", () => {
  assert.equal(
    new TextDecoder().decode(respCommand(["SET", "é", 12])),
    "*3\r\n$3\r\nSET\r\n$2\r\né\r\n$2\r\n12\r\n",
  );
});

Deno.test("replyEnd() finds the end of each kind of reply, and only of a whole one", () => {
  const replies = [
    "+OK\r\n",
    "-ERR no\r\n",
    ":7\r\n",
    "$-1\r\n",
    "$0\r\n\r\n",
    "$3\r\na\r\nb".slice(0, 5) + "bc\r\n",
    "*0\r\n",
    "*2\r\n$1\r\na\r\n*1\r\n:1\r\n",
  ];
  for (const reply of replies) {
    assert.equal(replyEnd(bytes(reply + "+next\r\n")), reply.length, JSON.stringify(reply));
    for (let cut = 0; cut < reply.length; cut++) {
      assert.equal(replyEnd(bytes(reply.slice(0, cut))), undefined, JSON.stringify(reply));
    }
  }
});
