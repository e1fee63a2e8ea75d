import { pageHeaders, plainText, staticFile } from "./static-files.ts";

/** What the gateway needs to serve the simulator. */
export interface SimulatorPageOptions {
  /** The folder with index.html. */
  readonly folder: string;
  /** Answers `/standin/...`, which the page reaches as `/simulator/api/...`. */
  readonly control: (request: Request) => Promise<Response>;
}

/** A page elsewhere may have its name point to this machine; the browser then sends that name. */
const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);
const HEADERS = {
  ...pageHeaders,
  "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; " +
    "img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
    "frame-ancestors 'none'",
};

/** Answers `/simulator/...`: the page's files, and its way to the stand-in for the Graph API. */
export async function simulatorPage(
  request: Request,
  { folder, control }: SimulatorPageOptions,
): Promise<Response> {
  const url = new URL(request.url);
  if (!LOOPBACK.has(url.hostname)) {
    return plainText(403, { text: "The simulator is for this machine alone", headers: HEADERS });
  }
  const path = url.pathname.replace(/^\/simulator\/?/, "");
  if (url.pathname === "/simulator") {
    return new Response(null, { status: 308, headers: { location: "/simulator/" } });
  }
  if (path.startsWith("api/")) {
    url.pathname = `/standin/${path.slice("api/".length)}`;
    const { method, headers, body } = request;
    return await control(new Request(url, { method, headers, body }));
  }
  return await staticFile(request, { folder, path, headers: HEADERS });
}
