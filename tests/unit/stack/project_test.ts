import assert from "node:assert/strict";
import { parseProject, ProjectError, readProject } from "../../../scripts/stack/project.ts";

Deno.test("parseProject() gives each enabled function the CLI's defaults and absolute paths", () => {
  const project = parseProject(
    `
    project_id = "toy"
    [api]
    schemas = ["public", "other"]
    [functions.plain]
    [functions.custom]
    verify_jwt = false
    entrypoint = "./functions/custom/main.ts"
    import_map = "../deno.json"
    [functions.off]
    enabled = false
    `,
    "/project/supabase",
  );
  assert.deepEqual(project, {
    supabase: "/project/supabase",
    schemas: ["public", "other"],
    maxRows: 1000,
    functions: [
      {
        name: "plain",
        verifyJwt: true,
        entrypoint: "/project/supabase/functions/plain/index.ts",
      },
      {
        name: "custom",
        verifyJwt: false,
        entrypoint: "/project/supabase/functions/custom/main.ts",
        importMap: "/project/deno.json",
      },
    ],
  });
});

Deno.test("parseProject() takes a config.toml that says nothing", () => {
  assert.deepEqual(parseProject("", "/p/supabase"), {
    supabase: "/p/supabase",
    schemas: ["public"],
    maxRows: 1000,
    functions: [],
  });
});

Deno.test("readProject() names the file and the field that is wrong", async () => {
  const root = await Deno.makeTempDir();
  try {
    await assert.rejects(
      readProject(root),
      (error: unknown) =>
        error instanceof ProjectError && error.message.includes(`${root}/supabase/config.toml`),
    );
    await Deno.mkdir(`${root}/supabase`);
    await Deno.writeTextFile(
      `${root}/supabase/config.toml`,
      '[functions.x]\nverify_jwt = "yes"\n',
    );
    await assert.rejects(
      readProject(root),
      (error: unknown) =>
        error instanceof ProjectError && error.message.includes("functions.x.verify_jwt"),
    );
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
