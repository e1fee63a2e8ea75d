// @ts-check

/**
 * Where this page finds the rest; `deno task web:build` writes another one for a hosted page.
 * @type {{ apiUrl: string, tileUrl: string, tileAttribution: string }}
 */
export const config = {
  /** The functions, without a slash at the end. */
  apiUrl: "/functions/v1",
  /** A template such as https://tiles.example/{z}/{x}/{y}.png; empty for a map without tiles. */
  tileUrl: "",
  /** Whose map it is, as HTML: a provider wants a link. */
  tileAttribution: "",
};
