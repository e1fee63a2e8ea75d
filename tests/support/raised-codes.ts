const SCHEMA = new URL("../../supabase/schema.sql", import.meta.url);
const FUNCTION = /^CREATE FUNCTION (\w+\.\w+)\([^]*?\sAS (\$\w*\$)([^]*?)\2/gm;

/** What the functions of the database may raise, or answer as an error. */
export interface RaisedCodes {
  /** Every quoted word in capitals of a function and of those it calls. @throws Error when there is no such one */
  of(name: string): ReadonlySet<string>;
}

/** Reads them from the dump of the schema. */
export async function raisedCodes(): Promise<RaisedCodes> {
  const bodies = new Map<string, string>();
  for (const [, name = "", , body = ""] of (await Deno.readTextFile(SCHEMA)).matchAll(FUNCTION)) {
    // Two of one name are taken for one.
    bodies.set(name, (bodies.get(name) ?? "") + body);
  }
  return {
    of(name): ReadonlySet<string> {
      const seen = new Set<string>();
      const codes = new Set<string>();
      const visit = (of: string): void => {
        const body = bodies.get(of);
        if (body === undefined || seen.has(of)) return;
        seen.add(of);
        for (const [, code = ""] of body.matchAll(/['"]([A-Z]+_[A-Z_]+|FORBIDDEN|BLOCKED)['"]/g)) {
          codes.add(code);
        }
        for (const [, callee = ""] of body.matchAll(/\b((?:mobility|public)\.\w+)\s*\(/g)) {
          visit(callee);
        }
      };
      if (!bodies.has(name)) throw new Error(`The schema has no function ${name}`);
      visit(name);
      return codes;
    },
  };
}
