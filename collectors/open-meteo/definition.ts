import { defineCollector } from '@tidemark/collector-sdk/define';

/** Hourly weather of the past at a few places, from the ERA5 reanalysis. */
export const openMeteo = defineCollector({
  name: 'open-meteo',
  description: 'Hourly historical weather (Open-Meteo archive).',
  source: {
    name: 'open-meteo',
    baseUrl: 'https://archive-api.open-meteo.com',
    // Published: 600 a minute, 5,000 an hour, 10,000 a day.
    rate: { requests: 80, per: '1m' },
    timeout: '60s',
  },
  partitions: [
    { place: 'sao-paulo', latitude: -23.5, longitude: -46.6 },
    { place: 'lisbon', latitude: 38.7, longitude: -9.1 },
  ],
  request: {
    path: '/v1/archive',
    query: {
      latitude: '{latitude}',
      longitude: '{longitude}',
      start_date: '{from}',
      end_date: '{to}',
      hourly: 'temperature_2m,relative_humidity_2m,precipitation,wind_speed_10m',
      timezone: 'GMT',
      timeformat: 'unixtime',
    },
    records: 'hourly',
    shape: 'columns',
    attach: {
      place: { partition: 'place' },
      grid_latitude: { at: 'latitude' },
      grid_longitude: { at: 'longitude' },
      elevation: { at: 'elevation' },
    },
    // Which limit was reached is said in words only.
    answers: [
      { status: 429, body: 'Minutely', action: 'throttle', wait: '1m' },
      { status: 429, body: 'Hourly', action: 'throttle', wait: '1h' },
      { status: 429, body: 'Daily', action: 'throttle', wait: '6h' },
    ],
  },
  incremental: {
    kind: 'periods',
    unit: 'day',
    from: '2024-01-01',
    // The reanalysis is about five days late, and replaces its newest values for a while.
    delay: '6d',
    recent: 14,
    // A request for more than two weeks counts as several.
    perChunk: 14,
  },
  target: {
    kind: 'table',
    table: 'open_meteo_hourly',
    key: ['place', 'time'],
    fields: {
      place: { type: 'text', required: true },
      time: { type: 'timestamptz', format: 'epoch-s', required: true },
      temperature_2m: { type: 'numeric' },
      relative_humidity_2m: { type: 'numeric' },
      precipitation: { type: 'numeric' },
      wind_speed_10m: { type: 'numeric' },
      grid_latitude: { type: 'numeric' },
      grid_longitude: { type: 'numeric' },
      elevation: { type: 'numeric' },
    },
  },
  limits: { concurrency: 2 },
});
