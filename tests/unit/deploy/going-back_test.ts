import assert from "node:assert/strict";
import { adviseOnGoingBack } from "../../../scripts/deploy/phases/going-back.ts";

const folder = "backups/before";
const share = { percent: 100, set_at: "now", set_by: null };

Deno.test("adviseOnGoingBack() of V1 alone: a rollback, and its tables before the rows elsewhere", () => {
  const text = adviseOnGoingBack({ share: undefined, v1: "present" }, folder);
  assert.match(text, /^to go back: deno task deploy rollback/);
  assert.match(
    text,
    /psql "\$DATABASE_URL" --file=backups\/before\/v1\.sql, then deno task restore/,
  );
  assert.match(text, /new, empty project; into this database it does not go/);
});

Deno.test("adviseOnGoingBack() of a V2: into another project, with the release before", () => {
  const text = adviseOnGoingBack({ share, v1: "absent" }, folder);
  assert.match(text, /with the release before, deno task restore backups\/before$/);
  assert.match(text, /new, empty project; into this database it does not go/);
});

Deno.test("adviseOnGoingBack() never sends anybody to a restore into the same database", () => {
  for (const known of [undefined, share]) {
    for (const v1 of ["absent", "present", "over"] as const) {
      const text = adviseOnGoingBack({ share: known, v1 }, folder);
      assert.match(text, /into this database it does not go any more/);
      assert.match(text, /docs\/backup\.md#restore/);
    }
  }
});
