-- How many of the people are served by this system while another one (V1) still serves the rest.

create table mobility.rollout (
  one boolean primary key default true check (one),
  percent integer not null default 100 check (percent between 0 and 100),
  changed_at timestamptz not null default now(),
  changed_by text check (char_length(changed_by) <= 120)
);
comment on table mobility.rollout is 'The share of people served by V2, one row.';
insert into mobility.rollout default values;
alter table mobility.rollout enable row level security;
create policy rollout_service_only on mobility.rollout for all to service_role using (true) with check (true);

create function public.get_rollout() returns jsonb
language sql stable security definer
set search_path = ''
as $$ select jsonb_build_object('percent', percent, 'changed_at', changed_at) from mobility.rollout $$;
comment on function public.get_rollout is 'The share of people served: {percent, changed_at}.';
revoke all on function public.get_rollout from public, anon, authenticated;
grant execute on function public.get_rollout to service_role;

create function public.set_rollout(p_percent integer, p_by text default null) returns jsonb
language plpgsql security definer
set search_path = ''
as $$
begin
  if p_percent is null or p_percent not between 0 and 100 then
    raise sqlstate 'PT400' using message = 'VALIDATION_ERROR', detail = 'percent is an integer from 0 to 100';
  end if;
  update mobility.rollout set percent = p_percent, changed_at = now(), changed_by = left(p_by, 120) where one;
  return public.get_rollout();
end
$$;
comment on function public.set_rollout is 'Changes the share of people served.';
revoke all on function public.set_rollout from public, anon, authenticated;
grant execute on function public.set_rollout to service_role;
