import type { Connection } from "./rides.ts";

/** Who looks at a ride through a link. */
export type Viewer = "driver" | "passenger" | "guest";

/** A link as it is answered to whoever made it. */
export interface MadeLink {
  readonly token: string;
  readonly viewer: Viewer;
  readonly expires_at: string;
}

/** Makes a link to a match; as the service, unless somebody acts. */
export async function createLink(
  sql: Connection,
  { match, viewer, acting_user }: {
    readonly match: string;
    readonly viewer: Viewer;
    readonly acting_user?: string;
  },
): Promise<MadeLink> {
  const [row] = await sql<{ link: MadeLink }[]>`
    select public.create_link(${acting_user ?? null}, ${match}, ${viewer}) as link`;
  if (row === undefined) throw new Error("Cannot read the link: the statement gave no row");
  return row.link;
}

/** What a link shows. */
export interface OpenedLink {
  readonly link: Readonly<Record<string, unknown>>;
  readonly match: Readonly<Record<string, unknown>>;
  readonly driver: Readonly<Record<string, unknown>>;
  readonly driver_position: Readonly<Record<string, unknown>> | null;
  readonly events: readonly unknown[];
  readonly [name: string]: unknown;
}

/** Opens a link. */
export async function openLink(sql: Connection, token: string): Promise<OpenedLink> {
  const [row] = await sql<{ opened: OpenedLink }[]>`select public.open_link(${token}) as opened`;
  if (row === undefined) throw new Error("Cannot read the link: the statement gave no row");
  return row.opened;
}

/** Takes back the links of a match; how many. */
export async function revokeLinks(
  sql: Connection,
  { match, acting_user }: { readonly match: string; readonly acting_user?: string },
): Promise<number> {
  const [row] = await sql<{ answer: { revoked: number } }[]>`
    select public.revoke_links(${acting_user ?? null}, ${match}) as answer`;
  return row?.answer.revoked ?? NaN;
}
