import { pageHeaders, staticFile } from "./static-files.ts";

// What a page may do is in its own <meta>; this cannot be said there.
const HEADERS = { ...pageHeaders, "content-security-policy": "frame-ancestors 'none'" };
const PAGES = ["trip", "operator", "shared", "vendor"];

/**
 * Answers for the pages that are hosted elsewhere in production, from the folder `web`: `/trip/...` and what
 * they share, `/shared/...` and `/vendor/...`. Undefined for any other path.
 */
export async function hostedPage(request: Request, web: string): Promise<Response | undefined> {
  const { pathname } = new URL(request.url);
  const page = PAGES.find((name) => pathname === `/${name}` || pathname.startsWith(`/${name}/`));
  if (page === undefined) return undefined;
  // The browser takes the fragment along, which has the link's token.
  if (pathname === `/${page}`) {
    return new Response(null, { status: 308, headers: { location: `/${page}/` } });
  }
  return await staticFile(request, { folder: web, path: pathname.slice(1), headers: HEADERS });
}
