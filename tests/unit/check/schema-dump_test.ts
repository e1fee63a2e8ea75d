import assert from "node:assert/strict";
import { normaliseDump } from "../../../scripts/check/schema-dump.ts";

Deno.test("normaliseDump() keeps definitions, grants and the comments of function bodies", () => {
  const dump = `--
-- PostgreSQL database dump
--

\\restrict 36E0Xk7tQpbKnE9JZpAxM9EoCYzOzXNh

-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);

--
-- Name: places(); Type: FUNCTION; Schema: public; Owner: -
--

CREATE FUNCTION public.places() RETURNS bigint
    LANGUAGE sql
    AS $$
  -- Counted, not estimated.
  select count(*) from mobility.places
$$;


--
-- Name: FUNCTION places(); Type: ACL; Schema: public; Owner: -
--

GRANT ALL ON FUNCTION public.places() TO service_role;


--
-- PostgreSQL database dump complete
--

\\unrestrict 36E0Xk7tQpbKnE9JZpAxM9EoCYzOzXNh
`;
  assert.equal(
    normaliseDump(dump),
    `CREATE FUNCTION public.places() RETURNS bigint
    LANGUAGE sql
    AS $$
  -- Counted, not estimated.
  select count(*) from mobility.places
$$;

GRANT ALL ON FUNCTION public.places() TO service_role;
`,
  );
});
