import { isAbsolute, resolve } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";

/** One `[functions.<name>]` of supabase/config.toml, its paths made absolute. */
export interface FunctionEntry {
  readonly name: string;
  readonly verifyJwt: boolean;
  readonly entrypoint: string;
  /** A deno.json or an import map; absent when Deno is to find the nearest deno.json itself. */
  readonly importMap?: string;
}

/** What the stack needs to know of a Supabase project. */
export interface Project {
  readonly supabase: string;
  readonly schemas: readonly string[];
  readonly maxRows: number;
  readonly functions: readonly FunctionEntry[];
}

/** supabase/config.toml is absent or is not what the Supabase CLI would take. */
export class ProjectError extends Error {
  override name = "ProjectError";
}

const FUNCTION_NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

const configSchema = z.object({
  api: z.object({
    schemas: z.array(z.string()).default(["public"]),
    max_rows: z.number().int().positive().default(1000),
  }).prefault({}),
  functions: z.record(
    z.string().regex(FUNCTION_NAME),
    z.object({
      enabled: z.boolean().default(true),
      verify_jwt: z.boolean().default(true),
      entrypoint: z.string().optional(),
      import_map: z.string().optional(),
    }),
  ).default({}),
});

/**
 * Reads `<root>/supabase/config.toml`, with the CLI's defaults for what it leaves out.
 * @throws {ProjectError} naming the file and what is wrong with it
 */
export async function readProject(root: string): Promise<Project> {
  const supabase = resolve(root, "supabase");
  const path = `${supabase}/config.toml`;
  try {
    return parseProject(await Deno.readTextFile(path), supabase);
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new ProjectError(`Cannot read ${path}: ${reason}`, { cause });
  }
}

/** The project that the text of a config.toml describes; `supabase` is the folder it lies in. */
export function parseProject(toml: string, supabase: string): Project {
  const config = configSchema.parse(parse(toml));
  const absolute = (path: string): string => isAbsolute(path) ? path : resolve(supabase, path);
  const functions = Object.entries(config.functions).filter(([, entry]) => entry.enabled);
  return {
    supabase,
    schemas: config.api.schemas,
    maxRows: config.api.max_rows,
    functions: functions.map(([name, entry]) => ({
      name,
      verifyJwt: entry.verify_jwt,
      entrypoint: absolute(entry.entrypoint ?? `functions/${name}/index.ts`),
      ...(entry.import_map === undefined ? {} : { importMap: absolute(entry.import_map) }),
    })),
  };
}
