import { defineCollector } from '@tidemark/collector-sdk/define';

/** Daily and monthly time series of Brazil's central bank, each value with its newest revision. */
export const bcbSgs = defineCollector({
  name: 'bcb-sgs',
  description: 'Time series of the Banco Central do Brasil (SGS).',
  source: {
    name: 'bcb-sgs',
    baseUrl: 'https://api.bcb.gov.br',
    // Nothing is published; who asks faster gets 504, or XML with status 200.
    rate: { requests: 2, per: '1s' },
    timeout: '60s',
    attempts: 6,
    retryDelay: '5s',
  },
  // Dollar, Selic, savings (which tells until when a value holds), consumer prices, economic activity.
  partitions: [{ code: 1 }, { code: 11 }, { code: 195 }, { code: 433 }, { code: 24_363 }],
  request: {
    path: '/dados/serie/bcdata.sgs.{code}/dados',
    query: { formato: 'json' },
    attach: { code: { partition: 'code' } },
    // A window without values is an error here; a series that is not there has other words.
    answers: [{ status: 404, body: 'Value(s) not found', action: 'ignore' }],
  },
  incremental: {
    kind: 'cursor',
    field: 'day',
    from: 'dataInicial',
    to: 'dataFinal',
    format: 'dd/MM/yyyy',
    zone: 'America/Sao_Paulo',
    start: '1990-01-01',
    // More than ten years of a daily series are refused.
    size: '3650d',
    // Values of a month are dated to its first day, come weeks later, and are revised for about a year.
    lookback: '400d',
  },
  target: {
    kind: 'table',
    table: 'bcb_sgs',
    key: ['code', 'day'],
    fields: {
      code: { type: 'bigint', required: true },
      day: { path: 'data', type: 'date', format: 'dd/MM/yyyy', required: true },
      end_day: { path: 'datafim', type: 'date', format: 'dd/MM/yyyy' },
      value: { path: 'valor', type: 'numeric' },
    },
  },
  limits: { concurrency: 2 },
});
