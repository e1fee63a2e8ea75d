import type { Platform, RawEndpoint } from "../platform/mod.ts";
import type { Strategies } from "../ranking/mod.ts";
import { apiDeclaration } from "./api-declaration.ts";
import { buildDocument } from "./build-document.ts";
import { describedFunctions } from "./functions.ts";

interface Page {
  readonly json: string;
  readonly etag: string;
}

/** Serves the description of all functions, made when it is first asked for. */
export function apiEndpoint(platform: Platform, strategies: Strategies): RawEndpoint {
  let page: Promise<Page> | undefined;
  return {
    ...apiDeclaration,
    handle: async (request) => {
      const { json, etag } = await (page ??= write(platform, strategies));
      const headers = { etag, "cache-control": "public, max-age=300" };
      const known = request.headers.get("if-none-match")?.split(",").map((tag) => tag.trim());
      if (known?.some((tag) => tag === "*" || tag.replace(/^W\//, "") === etag)) {
        return new Response(null, { status: 304, headers });
      }
      return new Response(json, { headers: { ...headers, "content-type": "application/json" } });
    },
  };
}

async function write(platform: Platform, strategies: Strategies): Promise<Page> {
  const json = JSON.stringify(buildDocument(describedFunctions(platform, strategies)));
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(json));
  const etag = Array.from(new Uint8Array(hash, 0, 8), (byte) => byte.toString(16).padStart(2, "0"));
  return { json, etag: `"${etag.join("")}"` };
}
