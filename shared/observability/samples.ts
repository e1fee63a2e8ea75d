import { z } from "zod";

/** One value of a family, with the labels that tell it from the others. */
export const sample = z.object({
  // A label's value is shown as it is: nothing that would end it may be in it.
  labels: z.record(z.string(), z.string().regex(/^[^"\\\n]{0,100}$/)).optional(),
  value: z.number(),
});

/** One value of a family. */
export type Sample = z.infer<typeof sample>;

/** What the database's gauges answer: samples by the name of their family, or of a part of a histogram. */
export const samplesByName = z.record(z.string(), z.array(sample));

/** Samples by name. */
export type SamplesByName = z.infer<typeof samplesByName>;
