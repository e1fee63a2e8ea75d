/** Where a page's files are, and what every answer says beside its content. */
export interface StaticFilesOptions {
  readonly folder: string;
  /** The file, relative to the folder; "" for its index.html. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};
const FILE = /^(?:[a-z0-9-]+\/)*[a-z0-9-]+\.(html|css|js|svg)$/;

/** What no page does without, be it served here or by somebody else. */
export const pageHeaders = {
  "cache-control": "no-cache",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** Answers a request for a file of a page; nothing outside the folder can be named. */
export async function staticFile(
  request: Request,
  { folder, path, headers }: StaticFilesOptions,
): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return plainText(405, { text: "Only GET", headers });
  }
  const name = path === "" || path.endsWith("/") ? `${path}index.html` : path;
  const [, extension = ""] = FILE.exec(name) ?? [];
  const type = TYPES[extension];
  const bytes = type === undefined ? undefined : await read(`${folder}/${name}`);
  if (type === undefined || bytes === undefined) {
    return plainText(404, { text: `There is no ${name}`, headers });
  }
  const described = { ...headers, "content-type": type, vary: "accept-encoding" };
  if (!(request.headers.get("accept-encoding") ?? "").includes("gzip")) {
    return new Response(bytes, { headers: described });
  }
  // As every host of static pages does; a page is measured by what comes over the wire.
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Response(packed, { headers: { ...described, "content-encoding": "gzip" } });
}

/** A line for whoever asked for something else. */
export function plainText(
  status: number,
  { text, headers }: { readonly text: string; readonly headers: Readonly<Record<string, string>> },
): Response {
  return new Response(text, { status, headers: { ...headers, "content-type": "text/plain" } });
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
