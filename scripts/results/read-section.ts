import { z } from "zod";
import type { Measurement } from "./measurements.ts";
import type { Section } from "./section.ts";

/**
 * The section of what a measurement has written; undefined when there is no such file.
 * @throws {Error} that names the file when it is not what the command writes
 */
export async function readSection(
  { name, render }: Pick<Measurement, "name" | "render">,
  file: string,
): Promise<Section | undefined> {
  try {
    return render(JSON.parse(await Deno.readTextFile(file)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    const isShape = error instanceof z.ZodError;
    if (!isShape && !(error instanceof SyntaxError)) throw error;
    throw new Error(
      `Cannot read "${file}": it is not what the measurement "${name}" writes. Remove it, or run: ` +
        `deno task results ${name}\n${isShape ? z.prettifyError(error) : error.message}`,
    );
  }
}
