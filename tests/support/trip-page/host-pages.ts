import { pageHeaders, staticFile } from "../../../scripts/stack/static-files.ts";
import { buildPages } from "../../../scripts/web-build.ts";
import type { World } from "../stack.ts";

/** The trip page on a host that knows nothing of the stack. */
export interface PageHost extends AsyncDisposable {
  readonly url: string;
  /** What the browser told the server of tiles about the page. */
  readonly referrers: ReadonlySet<string | null>;
}

/** Roads and a park: enough to see whether tiles are where they belong. */
const TILE = `<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">
<rect width="256" height="256" fill="#f2efe9"/><rect x="20" y="150" width="80" height="80" rx="12" fill="#cfe8c2"/>
<path d="M0 60H256M170 0V256M0 130 170 256" fill="none" stroke="#fff" stroke-width="10"/>
<path d="M0 60H256" fill="none" stroke="#fce3a1" stroke-width="6"/></svg>`;

/** Builds the trip page for the stack and serves the folder, and tiles, from an address of its own. */
export async function hostPages({ info }: Pick<World, "info">): Promise<PageHost> {
  const folder = await Deno.makeTempDir({ prefix: "mobility-pages-" });
  const referrers = new Set<string | null>();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (/^\/tiles\/\d+\/\d+\/\d+$/.test(pathname)) {
      referrers.add(request.headers.get("referer"));
      return new Response(TILE, { headers: { "content-type": "image/svg+xml" } });
    }
    return staticFile(request, { folder, path: pathname.slice(1), headers: pageHeaders });
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  await buildPages({
    url: info.api_url,
    pages: ["trip"],
    tileUrl: `${url}/tiles/{z}/{x}/{y}`,
    tileAttribution: '<a href="https://tiles.example">Test tiles</a>',
    out: folder,
  });
  return {
    url,
    referrers,
    [Symbol.asyncDispose]: async () => {
      await server.shutdown();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
