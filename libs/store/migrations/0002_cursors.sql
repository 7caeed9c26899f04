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

-- A length on the axis of a cursor, as definitions have it: a whole number, or a length of time in microseconds.
create function tidemark.length_of(p_text text) returns numeric
  language sql immutable parallel safe
  return (
    select m[1]::numeric * case m[2] when 'ms' then 1000 when 's' then 1000000 when 'm' then 60000000
                                     when 'h' then 3600000000 when 'd' then 86400000000 else 1 end
      from regexp_match(p_text, '^(\d+)(ms|s|m|h|d)?$') as m);

-- A look-back that late rows have nearly used up: what comes a little later is not found.
create function tidemark.is_lookback_short(p_needed numeric, p_lookback text) returns boolean
  language sql immutable parallel safe
  return coalesce(p_needed > 0.8 * tidemark.length_of(p_lookback), false);
