import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { print, report } from "./print.ts";
import { runCommand } from "./run-command.ts";

const USAGE = `deno task web:build --url https://<project>.supabase.co [options]

  --url URL               the Supabase project, or whatever stands in for it
  --publishable-key KEY   the project's publishable key: the operator's page signs people in with it
  --tile-url TEMPLATE     map tiles, such as https://tiles.example/{z}/{x}/{y}.png; without it there are none
  --tile-attribution HTML whose map it is
  --pages A,B             these pages only (trip, operator)
  --out DIR               where to (dist)

Writes a folder of static files for any host; docs/hosting.md has examples.`;

/** What the pages are built for. */
export interface WebBuildOptions {
  /** The Supabase project, `https://<project>.supabase.co`. */
  readonly url: string;
  readonly publishableKey?: string;
  readonly tileUrl?: string;
  readonly tileAttribution?: string;
  /** All pages but the simulator's, unless told otherwise. */
  readonly pages?: readonly string[];
  /** The folder to write, which is emptied first. */
  readonly out: string;
}

const WEB = fileURLToPath(new URL("../web", import.meta.url));
const PAGES = ["trip", "operator"];
/** What pages have in common. */
const SHARED = ["shared", "vendor"];
/** In every page's policy, as it is for the embedded stack; replaced by what a hosted page may ask. */
const CONNECT = "connect-src 'self' ws://127.0.0.1:*;";
const IMAGES = "img-src 'self' data:;";
const LOOPBACK = new Set(["127.0.0.1", "localhost"]);
const configModule = z.object({ config: z.record(z.string(), z.string()) });

/**
 * Writes the pages as they are hosted in production: the files of `web/` with their addresses and their
 * security policy for one project.
 * @throws Error that says which option is of no use
 */
export async function buildPages(options: WebBuildOptions): Promise<void> {
  const { out, pages = PAGES } = options;
  const project = projectUrl(options.url);
  const tiles = options.tileUrl === undefined ? undefined : tileSource(options.tileUrl);
  const unknown = pages.find((page) => !PAGES.includes(page));
  if (unknown !== undefined) throw new Error(`There is no page "${unknown}": ${PAGES.join(", ")}`);
  const realtime = project.replace(/^http/, "ws");
  const values: Readonly<Record<string, string | undefined>> = {
    apiUrl: `${project}/functions/v1`,
    authUrl: `${project}/auth/v1`,
    realtimeUrl: `${realtime}/realtime/v1/websocket`,
    publishableKey: options.publishableKey,
    tileUrl: options.tileUrl ?? "",
    tileAttribution: options.tileAttribution ?? "",
  };
  const configs = new Map<string, string>();
  for (const page of pages) configs.set(page, await configOf(page, values));
  await clear(out);
  for (const page of [...pages, ...SHARED]) await copyFolder(`${WEB}/${page}`, `${out}/${page}`);
  for (const [page, config] of configs) {
    await Deno.writeTextFile(`${out}/${page}/config.js`, config);
    await replaceIn(`${out}/${page}/index.html`, [
      [CONNECT, `connect-src ${project} ${realtime};`],
      [IMAGES, tiles === undefined ? IMAGES : `img-src 'self' data: ${tiles};`],
    ]);
  }
  await Deno.writeTextFile(`${out}/_headers`, HEADERS);
  // GitHub Pages leaves out what begins with "_" and reads some of the rest, unless told not to.
  await Deno.writeTextFile(`${out}/.nojekyll`, "");
}

/** Read by Cloudflare Pages and Netlify; what a page's own <meta> cannot say. */
const HEADERS = `/*
  Content-Security-Policy: frame-ancestors 'none'
  Referrer-Policy: no-referrer
  X-Content-Type-Options: nosniff
  Permissions-Policy: geolocation=(self), screen-wake-lock=(self), camera=(), microphone=()
/vendor/*
  Cache-Control: public, max-age=604800
`;

function projectUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    throw new Error(`--url ${text} is not a project's URL: https://<project>.supabase.co`);
  }
  // A page that came over https may ask nobody over http, and without https no phone tells where it is.
  if (url.protocol !== "https:" && !LOOPBACK.has(url.hostname)) {
    throw new Error(`--url ${text} must begin with https://`);
  }
  return url.origin;
}

/** The source of images that a policy allows for a template of tiles. */
function tileSource(template: string): string {
  const origin = /^(https?):\/\/((?:\{s\}\.)?[a-z0-9.:-]+)\//i.exec(template);
  if (origin === null || !["{z}", "{x}", "{y}"].every((part) => template.includes(part))) {
    throw new Error(`--tile-url ${template} is not like https://tiles.example/{z}/{x}/{y}.png`);
  }
  const [, scheme = "", host = ""] = origin;
  return `${scheme}://${host.replace("{s}", "*")}`;
}

/** A page's config.js with the project's values in it. */
async function configOf(
  page: string,
  values: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const path = `${WEB}/${page}/config.js`;
  const { config } = configModule.parse(await import(pathToFileURL(path).href));
  const entries = Object.keys(config).map((name) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The page "${page}" needs a ${name}: see --help`);
    return [name, value];
  });
  const text = JSON.stringify(Object.fromEntries(entries), null, 2);
  return `export const config = ${text};\n`;
}

/** Removes what was built before, and nothing else. */
async function clear(out: string): Promise<void> {
  try {
    const names = new Set<string>();
    for await (const { name } of Deno.readDir(out)) names.add(name);
    if (names.size > 0 && !(names.has("_headers") && names.has("vendor"))) {
      throw new Error(`${out} has something else in it: give --out another folder`);
    }
    await Deno.remove(out, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function replaceIn(
  path: string,
  replacements: readonly (readonly [string, string])[],
): Promise<void> {
  let text = await Deno.readTextFile(path);
  for (const [from, to] of replacements) {
    if (!text.includes(from)) throw new Error(`${path} has no "${from}" to replace`);
    text = text.replace(from, () => to);
  }
  await Deno.writeTextFile(path, text);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

/** `deno task web:build`: writes the folder and says what to do with it. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      url: { type: "string" },
      "publishable-key": { type: "string" },
      "tile-url": { type: "string" },
      "tile-attribution": { type: "string" },
      pages: { type: "string" },
      out: { type: "string", default: "dist" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    print(USAGE);
    return 0;
  }
  if (values.url === undefined) throw new Error(`Which project? ${USAGE}`);
  const out = resolve(values.out);
  await buildPages({
    url: values.url,
    out,
    ...values["publishable-key"] === undefined ? {} : { publishableKey: values["publishable-key"] },
    ...values["tile-url"] === undefined ? {} : { tileUrl: values["tile-url"] },
    ...values["tile-attribution"] === undefined
      ? {}
      : { tileAttribution: values["tile-attribution"] },
    ...values.pages === undefined ? {} : { pages: values.pages.split(",") },
  });
  print(out);
  report(
    "Upload this folder to a host of static files, then set MOBILITY_TRIP_PAGE_URL to " +
      "https://<host>/trip/ (docs/hosting.md)",
  );
  return 0;
}

if (import.meta.main) await runCommand(main, USAGE);
