/** What the gateway needs to serve the simulator. */
export interface SimulatorPageOptions {
  /** The folder with index.html. */
  readonly folder: string;
  /** Answers `/standin/...`, which the page reaches as `/simulator/api/...`. */
  readonly control: (request: Request) => Promise<Response>;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};
const FILE = /^(?:[a-z0-9-]+\/)*[a-z0-9-]+\.(html|css|js|svg)$/;
/** A page elsewhere may have its name point to this machine; the browser then sends that name. */
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const HEADERS = {
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; " +
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
  "cache-control": "no-cache",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** Answers `/simulator/...`: the page's files, and its way to the stand-in for the Graph API. */
export async function simulatorPage(
  request: Request,
  { folder, control }: SimulatorPageOptions,
): Promise<Response> {
  const url = new URL(request.url);
  if (!LOOPBACK.has(url.hostname)) return plain(403, "The simulator is for this machine alone");
  const path = url.pathname.replace(/^\/simulator\/?/, "");
  if (url.pathname === "/simulator") {
    return new Response(null, { status: 308, headers: { location: "/simulator/" } });
  }
  if (path.startsWith("api/")) {
    url.pathname = `/standin/${path.slice("api/".length)}`;
    const { method, headers, body } = request;
    return await control(new Request(url, { method, headers, body }));
  }
  if (request.method !== "GET" && request.method !== "HEAD") return plain(405, "Only GET");
  const name = path === "" ? "index.html" : path;
  const [, extension = ""] = FILE.exec(name) ?? [];
  const type = TYPES[extension];
  const bytes = type === undefined ? undefined : await read(`${folder}/${name}`);
  if (type === undefined || bytes === undefined) return plain(404, `There is no ${name}`);
  return new Response(bytes, { headers: { ...HEADERS, "content-type": type } });
}

async function read(path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...HEADERS, "content-type": "text/plain" } });
}
