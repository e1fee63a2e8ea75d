/**
 * What the tool remembers, in the database it deploys to: it must be there before the first migration, so
 * the tool makes it, as often as it likes. Nobody of the API may see it.
 */
export const STATE_SCHEMA = `
create schema if not exists mobility_deploy;
revoke all on schema mobility_deploy from public;
comment on schema mobility_deploy is 'What deno task deploy did: who, when, what, with which outcome.';

create table if not exists mobility_deploy.deployments (
  id bigint generated always as identity primary key,
  revision text not null,
  project_ref text,
  started_at timestamptz not null default now(),
  started_by text not null,
  salt uuid not null default gen_random_uuid()
);

create table if not exists mobility_deploy.steps (
  id bigint generated always as identity primary key,
  deployment_id bigint references mobility_deploy.deployments (id),
  phase text not null,
  step text not null,
  status text not null default 'started' check (status in ('started', 'done', 'failed', 'interrupted')),
  input text,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  by text not null,
  detail text
);
create index if not exists steps_by_deployment on mobility_deploy.steps (deployment_id, phase, step);

create table if not exists mobility_deploy.soaks (
  id bigint generated always as identity primary key,
  deployment_id bigint not null references mobility_deploy.deployments (id),
  percent integer not null,
  share_set_at timestamptz not null,
  started_at timestamptz not null default now(),
  watched_s double precision not null default 0,
  last_look_at timestamptz,
  last_look text,
  outcome text not null default 'running'
    check (outcome in ('running', 'passed', 'breached', 'taken_over', 'rolled_back')),
  reason text,
  finished_at timestamptz
);
create index if not exists soaks_by_deployment on mobility_deploy.soaks (deployment_id);

create table if not exists mobility_deploy.holder (
  one boolean primary key default true check (one),
  backend_pid integer not null,
  by text not null,
  phase text not null,
  since timestamptz not null default now()
);

alter table mobility_deploy.deployments enable row level security;
alter table mobility_deploy.steps enable row level security;
alter table mobility_deploy.soaks enable row level security;
alter table mobility_deploy.holder enable row level security;
`;
