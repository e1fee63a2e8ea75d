import assert from "node:assert/strict";
import { asRole, createDatabase, databaseTest } from "../support/database.ts";

const ROLES = ["anon", "authenticated", "service_role"] as const;

/** What the API offers: a change here is a change of what callers can reach. */
const API = [
  "public.accept_match",
  "public.acknowledge_sos",
  "public.advance_match",
  "public.answer_inbox",
  "public.answer_offer",
  "public.assign_dispatches",
  "public.cancel_trip",
  "public.claim_deliveries",
  "public.claim_inbox",
  "public.claim_outbox",
  "public.create_link",
  "public.create_trip",
  "public.database_gauges",
  "public.dispatch_trip",
  "public.drop_dead_letter",
  "public.eta_accuracy",
  "public.fail_inbox",
  "public.find_counterparts",
  "public.find_nearby",
  "public.find_place",
  "public.get_match",
  "public.get_offer_trips",
  "public.get_offers",
  "public.get_rollout",
  "public.get_trip",
  "public.get_waiting_dispatches",
  "public.open_link",
  "public.operations_gauges",
  "public.operator_cancel",
  "public.operator_city",
  "public.operator_dead_letters",
  "public.operator_overview",
  "public.operator_redispatch",
  "public.operator_ride",
  "public.operator_sos",
  "public.people_cards",
  "public.ping",
  "public.prune",
  "public.queue_depths",
  "public.rate_match",
  "public.receive_whatsapp",
  "public.record_deliveries",
  "public.record_outbox",
  "public.record_work",
  "public.retry_dead_letter",
  "public.revoke_links",
  "public.roll_up",
  "public.set_dispatch_policy",
  "public.set_rollout",
  "public.sweep",
  "public.sweep_chat",
  "public.sweep_dispatch",
  "public.sync_v1",
  "public.update_positions",
  "public.update_positions_by_link",
];
const EXECUTABLE = {
  anon: [],
  authenticated: ["mobility.distance_m", "mobility.may_receive"],
  service_role: ["mobility.distance_m", ...API],
};

databaseTest("pg_proc: each role executes exactly the functions meant for it", async ({ sql }) => {
  for (const role of ROLES) {
    const rows = await sql<{ name: string }[]>`
      select format('%I.%I', n.nspname, p.proname) as name
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('public', 'mobility') and has_function_privilege(${role}, p.oid, 'execute')
        and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
      order by 1`;
    assert.deepEqual(rows.map(({ name }) => name), EXECUTABLE[role], role);
  }
});

databaseTest("pg_proc: every function pins an empty search_path", async ({ sql }) => {
  const rows = await sql`
    select p.oid::regprocedure::text as name from pg_proc p
    where p.pronamespace in ('public'::regnamespace, 'mobility'::regnamespace)
      and not ('search_path=""' = any (coalesce(p.proconfig, '{}')))
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;
  assert.deepEqual([...rows], []);
});

databaseTest("pg_proc: only what the API calls runs as its owner", async ({ sql }) => {
  const rows = await sql<{ name: string }[]>`
    select format('%I.%I', n.nspname, p.proname) as name
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('public', 'mobility') and p.prosecdef order by 1`;
  // The trigger's call of the worker reads Vault.
  const expected = [
    "mobility.may_receive",
    "mobility.wake_worker",
    ...API.filter((name) => name !== "public.ping"),
  ];
  assert.deepEqual(rows.map(({ name }) => name), expected);
});

databaseTest(
  "pg_class: every table of mobility, partitions too, has row-level security",
  async ({ sql }) => {
    const rows = await sql<{ name: string; secured: boolean }[]>`
      select relname as name, relrowsecurity as secured from pg_class
      where relnamespace = 'mobility'::regnamespace and relkind in ('r', 'p')`;
    assert.ok(rows.some(({ name }) => name === "live_drivers_moto"), "no partition was looked at");
    assert.deepEqual(rows.filter(({ secured }) => !secured), []);
  },
);

databaseTest("add_vehicle_type() secures the pools it adds", async () => {
  await using database = await createDatabase();
  await database.sql`select mobility.add_vehicle_type('tuk_tuk', 'Tuk-tuk', 5)`;
  const rows = await database.sql`
    select relname, relrowsecurity, has_table_privilege('authenticated', oid, 'select') as readable
    from pg_class where relname like 'live\_%\_tuk\_tuk' and relkind = 'r' order by 1`;
  assert.deepEqual([...rows], [
    { relname: "live_drivers_tuk_tuk", relrowsecurity: true, readable: false },
    { relname: "live_passengers_tuk_tuk", relrowsecurity: true, readable: false },
  ]);
});

databaseTest("pg_class: no role may write, and anon may not even read", async ({ sql }) => {
  const rows = await sql`
    select c.relname, r.role, p.privilege
    from pg_class c,
      unnest(array['anon', 'authenticated', 'service_role']) r (role),
      unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) p (privilege)
    where c.relnamespace = 'mobility'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
      and has_table_privilege(r.role, c.oid, p.privilege)
      and (r.role = 'anon' or p.privilege <> 'select')`;
  assert.deepEqual([...rows], []);
});

databaseTest("pg_class: nothing of mobility lies in the exposed schema", async ({ sql }) => {
  const rows = await sql`
    select relname from pg_class c where relnamespace = 'public'::regnamespace and relkind <> 'c'
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')`;
  assert.deepEqual([...rows], []);
});

databaseTest(
  "every table refuses writes of every role, and all of anon",
  async ({ sql }) => {
    const tables = await sql<{ name: string }[]>`
      select oid::regclass::text as name from pg_class
      where relnamespace = 'mobility'::regnamespace and relkind in ('r', 'p')`;
    for (const { name } of tables) {
      for (const role of ROLES) {
        const statements = [
          `insert into ${name} default values`,
          `delete from ${name}`,
          `truncate ${name}`,
          ...(role === "anon" ? [`select from ${name}`] : []),
        ];
        for (const statement of statements) {
          await assert.rejects(
            asRole(sql, { role, sub: crypto.randomUUID() }, (as) => as.unsafe(statement)),
            { code: "42501" },
            `${role}: ${statement}`,
          );
        }
      }
    }
  },
);

databaseTest("every RPC refuses anon and signed-in callers with 42501", async ({ sql }) => {
  const rpcs = await sql<{ call: string }[]>`
    select format('select %s(%s)', p.oid::regproc, coalesce((
      select string_agg('null::' || format_type(t, null), ', ') from unnest(p.proargtypes) t), '')) as call
    from pg_proc p where p.pronamespace = 'public'::regnamespace
      and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`;
  assert.equal(rpcs.length, API.length);
  for (const { call } of rpcs) {
    for (const role of ["anon", "authenticated"] as const) {
      await assert.rejects(
        asRole(sql, { role, sub: crypto.randomUUID() }, (as) => as.unsafe(call)),
        { code: "42501" },
        `${role}: ${call}`,
      );
    }
  }
});
