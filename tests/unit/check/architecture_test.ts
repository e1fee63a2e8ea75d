import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { findViolations } from "../../../scripts/check/architecture.ts";

const SOUND: Record<string, string> = {
  "deno.json": `{ "imports": { "timers": "node:timers" } }`,
  "supabase/functions/matching/index.ts": `
    import { find } from "../../../shared/matching/mod.ts";
    import { handle } from "./handler.ts";
    handle(find);`,
  "supabase/functions/matching/handler.ts": "export function handle(_: unknown): void {}",
  "supabase/functions/ranking/index.ts": "export const ranking = 1;",
  "shared/matching/mod.ts": `export { find } from "./find.ts";`,
  "shared/matching/find.ts": `
    import { rank } from "../ranking/mod.ts";
    import { config } from "../platform/config.ts";
    import { setTimeout } from "timers";
    import { Buffer } from "node:buffer";
    export const find = [rank, config, setTimeout, Buffer]; // not Deno.env`,
  "shared/ranking/mod.ts": `export { rank } from "./rank.ts";`,
  "shared/ranking/rank.ts": "export const rank = 1;",
  "shared/platform/config.ts": `export const config = Deno.env.get("A");`,
  "shared/platform/clock.ts": "export const clock = 1;",
  "scripts/tool.ts": `import { rank } from "../shared/ranking/mod.ts"; Deno.env.get(String(rank));`,
  "tests/unit/rank_test.ts": `import "../../shared/ranking/rank.ts";`,
};

async function violationsOf(changes: Record<string, string>): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "architecture-test-" });
  const root = pathToFileURL(`${folder}/`);
  try {
    for (const [path, text] of Object.entries({ ...SOUND, ...changes })) {
      const file = new URL(path, root);
      await Deno.mkdir(new URL(".", file), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
    return (await findViolations(root)).map(({ file, message }) => `${file} ${message}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("findViolations() finds nothing in a sound tree", async () => {
  assert.deepEqual(await violationsOf({}), []);
});

const BROKEN: { rule: string; changes: Record<string, string>; expected: RegExp }[] = [
  {
    rule: "a function imports another function",
    changes: { "supabase/functions/matching/index.ts": `import "../ranking/index.ts";` },
    expected:
      /^supabase\/functions\/matching\/index\.ts imports .*a function never imports another/,
  },
  {
    rule: "shared imports a function",
    changes: { "shared/ranking/rank.ts": `import "../../supabase/functions/ranking/index.ts";` },
    expected: /^shared\/ranking\/rank\.ts imports .*never imports a function/,
  },
  {
    rule: "shared imports a script",
    changes: { "shared/matching/find.ts": `export * from "../../scripts/tool.ts";` },
    expected: /^shared\/matching\/find\.ts imports .*nothing but shared/,
  },
  {
    rule: "shared imports a test, dynamically",
    changes: { "shared/matching/find.ts": `await import("../../tests/unit/rank_test.ts");` },
    expected: /^shared\/matching\/find\.ts imports .*nothing but shared/,
  },
  {
    rule: "a function imports a script",
    changes: { "supabase/functions/ranking/index.ts": `import "../../../scripts/tool.ts";` },
    expected: /^supabase\/functions\/ranking\/index\.ts imports .*nothing but shared/,
  },
  {
    rule: "a script imports a test",
    changes: { "scripts/tool.ts": `import "../tests/unit/rank_test.ts";` },
    expected: /^scripts\/tool\.ts imports .*a script never imports a test/,
  },
  {
    rule: "a deployed file imports one outside the repository",
    changes: { "shared/ranking/rank.ts": `import "file:///tmp/elsewhere.ts";` },
    expected: /^shared\/ranking\/rank\.ts imports .*nothing but shared/,
  },
  {
    rule: "the platform imports a capability, for its type only",
    changes: {
      "shared/platform/clock.ts": `import type { rank } from "../ranking/mod.ts";
        export type Rank = typeof rank;`,
    },
    expected: /^shared\/platform\/clock\.ts imports .*never imports a capability/,
  },
  {
    rule: "a capability reaches behind another's mod.ts",
    changes: { "shared/matching/find.ts": `export { rank as find } from "../ranking/rank.ts";` },
    expected: /^shared\/matching\/find\.ts imports .*through shared\/ranking\/mod\.ts only/,
  },
  {
    rule: "a function reaches behind a capability's mod.ts",
    changes: { "supabase/functions/ranking/index.ts": `import "../../../shared/ranking/rank.ts";` },
    expected:
      /^supabase\/functions\/ranking\/index\.ts imports .*through shared\/ranking\/mod\.ts only/,
  },
  {
    rule: "two files import each other",
    changes: {
      "shared/ranking/rank.ts": `import "./weights.ts"; export const rank = 1;`,
      "shared/ranking/weights.ts": `import type { rank } from "./rank.ts";
        export type Weights = typeof rank;`,
    },
    expected:
      /circle of imports: shared\/ranking\/(rank|weights)\.ts -> .* -> shared\/ranking\/\1\.ts$/,
  },
  {
    rule: "a package that deno.json does not name",
    changes: { "shared/ranking/rank.ts": `export * as rank from "npm:zod@4.6.7";` },
    expected: /^shared\/ranking\/rank\.ts imports "npm:zod@4\.6\.7": .*exact version/,
  },
  {
    rule: "the environment is read elsewhere",
    changes: { "shared/platform/clock.ts": `export const clock = Deno.env.get("TZ");` },
    expected: /^shared\/platform\/clock\.ts reads the environment/,
  },
  {
    rule: "a file is too long",
    changes: { "scripts/tool.ts": "//\n".repeat(501) },
    expected: /^scripts\/tool\.ts has 501 lines, of at most 500/,
  },
  {
    rule: "a vague file name",
    changes: { "tests/support/helpers.ts": "" },
    expected: /^tests\/support\/helpers\.ts "helpers" says nothing/,
  },
  {
    rule: "a vague folder name",
    changes: { "shared/utils/mod.ts": "" },
    expected: /^shared\/utils\/mod\.ts "utils" says nothing/,
  },
  {
    rule: "an import of a file that is not there",
    changes: { "scripts/tool.ts": `import "./missing.ts";` },
    expected: /^scripts\/missing\.ts Module not found/,
  },
];

for (const { rule, changes, expected } of BROKEN) {
  Deno.test(`findViolations() reports when ${rule}`, async () => {
    const violations = await violationsOf(changes);
    assert.equal(violations.length, 1, violations.join("\n"));
    assert.match(violations[0] ?? "", expected);
  });
}
