import { defineCollector } from '@tidemark/collector-sdk/define';

/** Yearly values of World Bank indicators for every country and aggregate. */
export const worldBank = defineCollector({
  name: 'world-bank',
  description: 'World Bank indicators by country and year (Indicators API v2).',
  source: {
    name: 'world-bank',
    baseUrl: 'https://api.worldbank.org',
    // Nothing is published; clients that ask faster are answered 400 now and then.
    rate: { requests: 5, per: '1s', burst: 5 },
    timeout: '60s',
    attempts: 6,
    retryDelay: '2s',
  },
  // The number of a source database: each has its own `lastupdated`.
  partitions: [
    { indicator: 'SP.POP.TOTL', source: 40 },
    { indicator: 'SP.DYN.LE00.IN', source: 16 },
    { indicator: 'SP.DYN.TFRT.IN', source: 2 },
  ],
  request: {
    path: '/v2/country/all/indicator/{indicator}',
    query: { format: 'json', source: '{source}', date: '{from}:{to}' },
    records: '1',
    errorAt: '0.message',
    // Errors of a request come with status 200; 400 is throttling in disguise, 502 a gateway that was overrun.
    answers: [
      { status: 400, action: 'throttle' },
      { status: 502, action: 'throttle' },
    ],
  },
  paginate: {
    kind: 'page',
    param: 'page',
    start: 1,
    size: { param: 'per_page', value: 1_000 },
    totalPages: '0.pages',
    width: 4,
  },
  incremental: {
    kind: 'periods',
    unit: 'year',
    from: '1960',
    recent: 2,
    maxAgeDays: 365,
    signal: '0.lastupdated',
  },
  target: {
    kind: 'table',
    table: 'world_bank_indicators',
    // Aggregates have no ISO3 code, so the country's own id is the key.
    key: ['country_id', 'indicator', 'year'],
    fields: {
      country_id: { path: 'country.id', type: 'text', required: true },
      country: { path: 'country.value', type: 'text' },
      country_iso3: { path: 'countryiso3code', type: 'text' },
      indicator: { path: 'indicator.id', type: 'text', required: true },
      indicator_name: { path: 'indicator.value', type: 'text' },
      year: { path: 'date', type: 'bigint', required: true },
      value: { type: 'numeric' },
      unit: { type: 'text' },
      obs_status: { type: 'text' },
      decimal: { type: 'bigint' },
    },
  },
  limits: { concurrency: 4 },
});
