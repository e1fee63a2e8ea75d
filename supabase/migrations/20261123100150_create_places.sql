-- Places that people know by name: what a demand model draws from and what a shared pin is named after.

create table mobility.places (
  code text primary key check (code ~ '^[a-z0-9_-]{1,40}$'),
  area_code text not null references mobility.areas (code),
  name text not null,
  lat double precision not null check (lat between -90 and 90),
  lng double precision not null check (lng between -180 and 180),
  -- How many trips start or end here, relative to the other places of the area.
  weight real not null default 1 check (weight > 0)
);
comment on table mobility.places is 'Named places with their share of the demand.';
create index places_area_code on mobility.places (area_code);

alter table mobility.places enable row level security;
create policy places_are_public on mobility.places for select to authenticated using (true);
grant select on mobility.places to authenticated, service_role;
