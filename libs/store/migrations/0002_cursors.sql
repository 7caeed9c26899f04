-- Up Migration

-- Microseconds since 1970 UTC, without going through a float.
create function tidemark.to_micros(instant timestamptz) returns numeric
  language sql immutable parallel safe
  return trunc(extract(epoch from instant) * 1000000);

create function tidemark.from_micros(micros numeric) returns timestamptz
  language sql immutable parallel safe
  return timestamptz '1970-01-01 00:00:00+00'
       + div(micros, 1000000)::bigint * interval '1 second'
       + mod(micros, 1000000)::bigint * interval '1 microsecond';

-- The end of the interval that contains the floor: up to here nothing is missing.
create function tidemark.low_water_mark(covered nummultirange, floor numeric) returns numeric
  language sql immutable parallel safe
  return coalesce((select upper(r) from unnest(covered) as r where r @> floor), floor);
