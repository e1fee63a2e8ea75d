import assert from "node:assert/strict";
import { catalogue, isErrorCode } from "../../shared/platform/errors.ts";

const MIGRATIONS = new URL("../../supabase/migrations/", import.meta.url);

/** The bridge to V1 answers no caller: what it raises it catches itself, and its reasons for rejects are no codes. */
const BRIDGE = /^20261123126\d{3}_/;

interface Raised {
  readonly file: string;
  readonly sqlstate: string | undefined;
  readonly code: string;
}

/** Every code that a migration raises, or answers with inside JSON (without an SQLSTATE then). */
async function raisedCodes(): Promise<Raised[]> {
  const raised: Raised[] = [];
  for await (const { name: file } of Deno.readDir(MIGRATIONS)) {
    if (BRIDGE.test(file)) continue;
    const text = await Deno.readTextFile(new URL(file, MIGRATIONS));
    for (
      const [, sqlstate, code = ""] of text.matchAll(
        /raise sqlstate '(\w+)' using message = '(\w+)'/g,
      )
    ) {
      raised.push({ file, sqlstate, code });
    }
    for (
      const [, code = ""] of text.matchAll(/(?:'code', |"code": |then )['"]([A-Z]+_[A-Z_]+)['"]/g)
    ) {
      raised.push({ file, sqlstate: undefined, code });
    }
    const raises = text.match(/^\s*raise (?!sqlstate 'MB\d{3}';|warning )/gm)?.length ?? 0;
    const parsed = raised.filter((one) => one.file === file && one.sqlstate !== undefined).length;
    assert.equal(
      parsed,
      raises,
      `${file}: a raise that is not "raise sqlstate 'PTnnn' using message = 'CODE'"`,
    );
  }
  return raised;
}

Deno.test("migrations: every code is in the catalogue, with the catalogue's status", async () => {
  const raised = await raisedCodes();
  assert.ok(raised.length > 40, `only ${raised.length} codes were found`);
  for (const { file, sqlstate, code } of raised) {
    assert.ok(isErrorCode(code), `${file} raises ${code}, which the catalogue does not know`);
    if (sqlstate !== undefined) {
      assert.equal(sqlstate, `PT${catalogue[code].status}`, `${code} in ${file}`);
    }
  }
  const inAnswers = new Set(
    raised.filter((one) => one.sqlstate === undefined).map(({ code }) => code),
  );
  for (const code of ["PIN_LOCKED", "PIN_INVALID", "OUT_OF_DATE", "INVALID_TIMESTAMP"]) {
    assert.ok(inAnswers.has(code), `${code} was not found in the answers`);
  }
});
