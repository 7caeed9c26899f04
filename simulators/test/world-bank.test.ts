import { afterEach, expect, test } from 'vitest';
import type { WorldBankOptions, WorldBankSimulator } from '../src/index.ts';
import { startWorldBank } from '../src/index.ts';

const started: WorldBankSimulator[] = [];

async function start(options: WorldBankOptions = {}): Promise<WorldBankSimulator> {
  const simulator = await startWorldBank(options);
  started.push(simulator);
  return simulator;
}

afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.stop();
});

interface Row {
  indicator: { id: string; value: string };
  country: { id: string; value: string };
  countryiso3code: string;
  date: string;
  value: number | null;
}

type Body = [Record<string, unknown>, (Row[] | null)?];

async function getText(simulator: WorldBankSimulator, path: string): Promise<string> {
  const answer = await fetch(`${simulator.url}/v2/${path}`);
  expect(answer.status).toBe(200);
  return answer.text();
}

async function getJson(simulator: WorldBankSimulator, path: string): Promise<Body> {
  return JSON.parse(await getText(simulator, path)) as Body;
}

const population = 'country/all/indicator/SP.POP.TOTL?format=json';

test('the default format is XML', async () => {
  const simulator = await start();

  const answer = await fetch(`${simulator.url}/v2/country/BR/indicator/SP.POP.TOTL?date=2005`);

  expect(answer.headers.get('content-type')).toContain('text/xml');
  expect(await answer.text()).toContain('<wb:value>186797334</wb:value>');
});

test('a page holds 50 rows unless asked otherwise, and the pages hold every row once', async () => {
  const simulator = await start();

  const [meta, first] = await getJson(simulator, population);
  const keys = new Set<string>();
  for (let page = 1; page <= 7; page += 1) {
    const [, rows] = await getJson(simulator, `${population}&per_page=500&page=${page}`);
    for (const row of rows ?? []) keys.add(`${row.country.id} ${row.date}`);
  }

  expect(first).toHaveLength(50);
  expect(meta).toMatchObject({ page: 1, pages: 64, per_page: 50, total: 62 * 51, sourceid: '2' });
  expect(keys.size).toBe(62 * 51);
});

test('rows are sorted by country, newest year first, with both country codes', async () => {
  const simulator = await start();

  const [, rows] = await getJson(simulator, 'country/BRA;ar/indicator/SP.POP.TOTL?format=json');

  expect(rows?.slice(0, 2).map((row) => [row.country.id, row.countryiso3code, row.date])).toEqual([
    ['AR', 'ARG', '2005'],
    ['AR', 'ARG', '2004'],
  ]);
});

test('values have the digits of the data, even a zero at the end', async () => {
  const simulator = await start();

  const text = await getText(
    simulator,
    'country/all/indicator/SP.DYN.LE00.IN?format=json&per_page=32500',
  );

  expect(text).toContain('"value":77.0,');
  expect(text).toContain('"countryiso3code":"AFG","date":"1955","value":43.88,');
});

test('years between two measured ones lie on a line', async () => {
  const simulator = await start();

  const [, rows] = await getJson(
    simulator,
    'country/AF/indicator/SP.DYN.LE00.IN?format=json&date=1955:1957',
  );

  expect(rows?.map((row) => row.value)).toEqual([44.34, 44.11, 43.88]);
});

test.each([
  ['an unknown indicator', 'country/all/indicator/NO.SUCH?format=json'],
  ['an unknown country', 'country/XX/indicator/SP.POP.TOTL?format=json'],
  ['a page of 0', `${population}&page=0`],
  ['a page larger than 32,500 rows', `${population}&per_page=32501`],
  ['a bad date', `${population}&date=yesterday`],
  [
    'many indicators without a source',
    'country/all/indicator/SP.POP.TOTL;SP.DYN.LE00.IN?format=json',
  ],
  ['an indicator that the source does not have', `${population}&source=16`],
])('%s is an error inside 200, in an array of one', async (_what, path) => {
  const simulator = await start();

  const body = await getJson(simulator, path);

  expect(body).toEqual([
    {
      message: [
        { id: '120', key: 'Invalid value', value: 'The provided parameter value is not valid' },
      ],
    },
  ]);
});

test('no data is a second element of null', async () => {
  const simulator = await start();

  const [meta, rows] = await getJson(simulator, `${population}&date=1900`);

  expect(meta).toMatchObject({ page: 0, pages: 0, total: 0 });
  expect(rows).toBeNull();
});

test('a page after the last one has no rows', async () => {
  const simulator = await start();

  const [meta, rows] = await getJson(simulator, `${population}&page=65`);

  expect(meta).toMatchObject({ page: 65, pages: 64 });
  expect(rows).toBeNull();
});

test('an unknown parameter is ignored, and a known one that is not simulated is refused', async () => {
  const simulator = await start();

  const [meta] = await getJson(simulator, `${population}&dates=2005`);
  const refused = await fetch(`${simulator.url}/v2/${population}&mrv=1`);

  expect(meta).toMatchObject({ total: 62 * 51 });
  expect(refused.status).toBe(501);
});

test('many indicators come together when a source is named', async () => {
  const simulator = await start();

  const codes = encodeURIComponent('SP.POP.TOTL;SP.DYN.TFRT.IN');
  const path = `country/BR/indicator/${codes}?format=json&source=2&date=2000`;
  const [meta, rows] = await getJson(simulator, path);

  expect(meta['sourceid']).toBeNull();
  expect(rows?.map((row) => row.indicator.id)).toEqual(['SP.DYN.TFRT.IN', 'SP.POP.TOTL']);
});

test('a revision changes old values and moves only the databases that carry them', async () => {
  const simulator = await start({ clock: () => Date.UTC(2026, 0, 15) });
  const of = async (source: string, code: string): Promise<unknown> => {
    const path = `country/BR/indicator/${code}?format=json&date=2000&source=${source}`;
    return (await getJson(simulator, path))[0]['lastupdated'];
  };
  const before = simulator.control.content();

  const revised = simulator.control.revise({ indicator: 'SP.POP.TOTL', count: 5 });
  const after = simulator.control.content();

  const changed = after.filter((row, at) => row.value !== before[at]?.value);
  expect(changed).toHaveLength(5);
  expect(new Set(changed)).toEqual(new Set(revised));
  expect(changed.every((row) => row.indicator === 'SP.POP.TOTL' && row.year <= 2003)).toBe(true);
  expect(await of('40', 'SP.POP.TOTL')).toBe('2026-01-15');
  expect(await of('2', 'SP.DYN.LE00.IN')).toBe('2026-01-15');
  expect(await of('16', 'SP.DYN.LE00.IN')).toBe('2006-05-15');
});

test('a second revision on the same day moves lastupdated again', async () => {
  const simulator = await start({ clock: () => Date.UTC(2026, 0, 15) });

  simulator.control.revise({ indicator: 'SP.POP.TOTL', count: 1 });
  simulator.control.revise({ indicator: 'SP.POP.TOTL', count: 1 });

  expect(simulator.control.lastUpdated('40')).toBe('2026-01-16');
});

test('years without data are rows of null, filled in later from the oldest on', async () => {
  const simulator = await start({ lastYear: 2007 });
  const path = 'country/all/indicator/SP.POP.TOTL?format=json&date=2006:2007&per_page=200';
  const [, empty] = await getJson(simulator, path);

  simulator.control.fillNulls({ indicator: 'SP.POP.TOTL', count: 62 });
  const [, filled] = await getJson(simulator, path);

  expect(empty?.filter((row) => row.value === null)).toHaveLength(124);
  expect(filled?.filter((row) => row.value === null).map((row) => row.date)).toEqual(
    Array.from({ length: 62 }, () => '2007'),
  );
});

test('countries and years can be added and rows deleted', async () => {
  const simulator = await start();

  const added = simulator.control.addCountries(1);
  const year = simulator.control.addYear();
  const deleted = simulator.control.deleteRows({ indicator: 'SP.DYN.TFRT.IN', count: 3 });
  const [, rows] = await getJson(
    simulator,
    'country/NAM/indicator/SP.POP.TOTL?format=json&date=2005',
  );

  expect(added).toHaveLength(153);
  expect(year).toHaveLength(63 * 3);
  expect(deleted).toHaveLength(3);
  expect(rows?.[0]?.country).toEqual({ id: 'NA', value: 'Namibia' });
  expect(simulator.control.content()).toHaveLength(63 * 52 * 3 - 3);
});

test('a body can start with a byte order mark and have meta numbers as texts', async () => {
  const simulator = await start({ bomShare: 1, stringMetaShare: 1 });

  const answer = await fetch(`${simulator.url}/v2/${population}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const [meta] = JSON.parse(bytes.subarray(3).toString()) as Body;

  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(meta).toMatchObject({ page: '1', pages: '64', per_page: '50', total: '3162' });
});

test('an error can be XML though JSON was asked for', async () => {
  const simulator = await start({ xmlErrorShare: 1 });

  const text = await getText(simulator, 'country/all/indicator/NO.SUCH?format=json');

  expect(text).toContain('<wb:message id="120" key="Invalid value">');
});

test('requests that come too fast are answered with 400', async () => {
  const simulator = await start({ minSpacingMs: 60_000 });

  const first = await fetch(`${simulator.url}/v2/${population}`);
  const second = await fetch(`${simulator.url}/v2/${population}`);

  expect([first.status, second.status]).toEqual([200, 400]);
});

test('a page that is too big for the gateway is answered with 502', async () => {
  const simulator = await start({ badGatewayAboveRows: 1_000 });

  const small = await fetch(`${simulator.url}/v2/${population}&per_page=1000`);
  const big = await fetch(`${simulator.url}/v2/${population}&per_page=20000`);

  expect([small.status, big.status]).toEqual([200, 502]);
});

test('the same seed gives the same changes', async () => {
  const [one, other] = [await start({ seed: 7 }), await start({ seed: 7 })];

  const selection = { indicator: 'SP.POP.TOTL', count: 20 } as const;

  expect(one.control.revise(selection)).toEqual(other.control.revise(selection));
});
