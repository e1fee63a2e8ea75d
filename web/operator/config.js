// @ts-check

/**
 * Where this page finds the rest. On the embedded stack everything is on its own host, and people come with a
 * link in place of a password; a hosted page has another one of these.
 */
export const config = {
  /** The functions, without a slash at the end. */
  apiUrl: "/functions/v1",
  /** Supabase Auth, such as https://<project>.supabase.co/auth/v1; empty where there is none. */
  authUrl: "",
  /** The project's publishable key; a link brings its own. */
  publishableKey: "",
  /** Realtime's WebSocket, such as wss://<project>.supabase.co/realtime/v1/websocket; empty for this host's. */
  realtimeUrl: "",
  /** A template such as https://tiles.example/{z}/{x}/{y}.png; empty for a map without tiles. */
  tileUrl: "",
  /** Whose map it is, as HTML: a provider wants a link. */
  tileAttribution: "",
};
