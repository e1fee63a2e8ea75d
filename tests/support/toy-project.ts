/** A small Supabase project in a temporary folder, to run the stack on. */
export interface ToyProject extends AsyncDisposable {
  readonly root: string;
  write(path: string, text: string): Promise<void>;
}

const CONFIG = `
project_id = "toy"
[functions.open]
verify_jwt = false
[functions.guarded]
verify_jwt = true
[functions.missing]
verify_jwt = false
`;

const ECHO = `
Deno.serve(async (request) => {
  const { pathname, search } = new URL(request.url);
  if (pathname.endsWith("/crash")) setTimeout(() => Deno.exit(3), 20);
  if (pathname.endsWith("/redirect")) {
    return new Response(null, { status: 303, headers: { location: "/elsewhere" } });
  }
  return Response.json({
    pid: Deno.pid,
    method: request.method,
    path: pathname + search,
    body: await request.text(),
    env: Deno.env.toObject(),
  }, { headers: { "x-toy": "yes" } });
});
`;

const MIGRATION = `
create extension if not exists postgis with schema extensions;
create schema mobility;
create table mobility.secret (id int primary key, owner text not null);
alter table mobility.secret enable row level security;
create table public.note (id int primary key, owner text not null);
alter table public.note enable row level security;
create policy own on public.note for select to authenticated
  using (owner = (select auth.jwt()) ->> 'sub');
grant select on public.note to authenticated, service_role;

create function public.who() returns jsonb language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'role', current_user,
    'claims', nullif(current_setting('request.jwt.claims', true), '')::jsonb,
    'sub', auth.jwt() ->> 'sub',
    'method', current_setting('request.method', true),
    'metres', extensions.st_distance('POINT(30 -2)'::extensions.geography, 'POINT(30 -2)'))
$$;

create function public.owner_only() returns int language sql set search_path = '' as $$ select 1 $$;
revoke all on function public.owner_only() from public;
grant execute on function public.owner_only() to service_role;

create function public.refuse() returns void language plpgsql set search_path = '' as $$
begin
  raise sqlstate 'PT409' using message = 'taken', detail = 'by another', hint = 'try later';
end $$;

create function public.fail() returns void language plpgsql set search_path = '' as $$
begin
  raise exception 'plain';
end $$;

create function public.moment() returns table (at timestamptz, amount numeric)
language sql stable set search_path = ''
as $$ select '2026-01-02 03:04:05.5+00'::timestamptz, 1.50::numeric $$;

create table public.tick (at timestamptz not null default clock_timestamp());
create function public.tick_tock() returns void language sql security definer set search_path = ''
as $$ insert into public.tick default values $$;
`;

const SEED = `insert into public.note values (1, 'ann'), (2, 'bob');`;

/** Writes the toy project; disposing of it deletes the folder. */
export async function makeToyProject(): Promise<ToyProject> {
  const root = await Deno.makeTempDir({ prefix: "mobility-toy-" });
  const write = async (path: string, text: string): Promise<void> => {
    const file = `${root}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  };
  await write("supabase/config.toml", CONFIG);
  await write("supabase/functions/open/index.ts", ECHO);
  await write("supabase/functions/guarded/index.ts", ECHO);
  await write(
    "supabase/functions/.env",
    "TOY_SETTING=from-dot-env\nTOY_OTHER=from-dot-env\nWHATSAPP_PHONE_NUMBER_ID=42\n",
  );
  await write("supabase/migrations/20260101000000_create_toy.sql", MIGRATION);
  await write("supabase/seed.sql", SEED);
  return {
    root,
    write,
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}
