-- Positions are WGS 84 degrees in the API and in columns "lat" and "lng". What is indexed is their
-- Mercator projection: degrees are not isotropic away from the equator, a conformal projection is.

-- Spherical Mercator (EPSG:3857) in closed form. In PL/pgSQL, whose simple expressions need no executor:
-- a quarter of the time of the same in SQL, and less than a tenth of st_transform.
-- Latitudes are clamped to the projection's own limit of 85.06 degrees.
-- Formula: EPSG Guidance Note 7-2, "Popular Visualisation Pseudo Mercator".
create function mobility.mercator(p_lat double precision, p_lng double precision)
returns extensions.geometry
language plpgsql immutable strict parallel safe
set search_path = ''
as $$
begin
  return extensions.st_setsrid(
    extensions.st_makepoint(
      p_lng * 111319.49079327358,
      6378137.0 * ln(tan(pi() / 4 + greatest(least(p_lat, 85.06), -85.06) * pi() / 360))
    ),
    3857
  );
end
$$;
comment on function mobility.mercator is 'Degrees to an EPSG:3857 point.';

-- Haversine on the mean Earth radius of 6,371,008.8 m (IUGG R1); at most 0.5% from the ellipsoid.
create function mobility.distance_m(
  p_lat_a double precision, p_lng_a double precision,
  p_lat_b double precision, p_lng_b double precision
) returns double precision
language sql immutable strict parallel safe
set search_path = ''
as $$
  select 2 * 6371008.8 * asin(least(1, sqrt(
    power(sin(radians(p_lat_b - p_lat_a) / 2), 2)
    + cos(radians(p_lat_a)) * cos(radians(p_lat_b)) * power(sin(radians(p_lng_b - p_lng_a) / 2), 2)
  )))
$$;
comment on function mobility.distance_m is 'Great-circle distance in metres between two points in degrees.';

create table mobility.areas (
  code text primary key check (code ~ '^[a-z0-9_-]{1,40}$'),
  name text not null,
  timezone text not null default 'Africa/Kigali',
  currency text not null default 'RWF' check (currency ~ '^[A-Z]{3}$'),
  boundary extensions.geometry(MultiPolygon, 4326) not null
);
comment on table mobility.areas is 'Where the service runs: decides the tariff, the clock of its peak hours, and which coordinates are plausible.';
create index areas_boundary on mobility.areas using gist (boundary);

alter table mobility.areas enable row level security;
create policy areas_are_public on mobility.areas for select to authenticated using (true);
grant select on mobility.areas to authenticated, service_role;

-- The smallest area around a point, or null.
create function mobility.area_at(p_lat double precision, p_lng double precision)
returns mobility.areas
language sql stable strict
set search_path = ''
as $$
  select a from mobility.areas a
  where extensions.st_intersects(a.boundary, extensions.st_setsrid(extensions.st_makepoint(p_lng, p_lat), 4326))
  order by extensions.st_area(a.boundary), a.code
  limit 1
$$;
comment on function mobility.area_at is 'The smallest service area that contains a point, or null.';

-- Whether latitude and longitude look exchanged: the point is outside every service area, and its
-- mirror is inside one.
create function mobility.looks_exchanged(p_lat double precision, p_lng double precision)
returns boolean
language sql stable strict
set search_path = ''
as $$
  select abs(p_lng) <= 90 and mobility.area_at(p_lat, p_lng) is null and mobility.area_at(p_lng, p_lat) is not null
$$;
comment on function mobility.looks_exchanged is 'Whether a point only makes sense with latitude and longitude exchanged.';

-- Whether a person can be at a point: within the range of degrees, not the null island that phones
-- without a fix report, and not exchanged.
create function mobility.is_plausible(p_lat double precision, p_lng double precision)
returns boolean
language sql stable
set search_path = ''
as $$
  select coalesce(
    p_lat between -90 and 90 and p_lng between -180 and 180 and (p_lat <> 0 or p_lng <> 0)
    and not mobility.looks_exchanged(p_lat, p_lng), false)
$$;
comment on function mobility.is_plausible is 'Whether a person can be at a point.';

-- Raises INVALID_LOCATION for a point that no person can be at.
create function mobility.check_location(p_lat double precision, p_lng double precision)
returns void
language plpgsql stable
set search_path = ''
as $$
begin
  if not mobility.is_plausible(p_lat, p_lng) then
    raise sqlstate 'PT400' using message = 'INVALID_LOCATION', detail = case
      when mobility.looks_exchanged(p_lat, p_lng) then 'Latitude and longitude look exchanged'
      else 'A location is a latitude within -90 to 90 and a longitude within -180 to 180 degrees, and not 0, 0'
    end;
  end if;
end
$$;
comment on function mobility.check_location is 'Raises INVALID_LOCATION for coordinates no person can be at.';
