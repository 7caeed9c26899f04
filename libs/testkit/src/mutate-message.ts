/**
 * Damaged copies of a good message, as they may come from another release, another program or a broken disk: bits that flip,
 * bodies that are cut or of another kind, members and headers that are missing, huge or of another type. Seeded, so that what
 * was sent can be sent again.
 */
import { gzipSync, zstdCompressSync } from 'node:zlib';

/** What travels: headers in their order, and a body. */
export interface Letter {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** A damaged copy, and what was done to it. */
export interface MutatedLetter extends Letter {
  readonly what: string;
}

type Mutation = (letter: Letter, random: Draw) => MutatedLetter;

/** Damaged copies of a letter without end, the same ones for the same seed. */
export function* mutatedLetters(letter: Letter, seed: number): Generator<MutatedLetter, never> {
  const random = new Draw(seed);
  for (;;) yield random.pick(mutations)(letter, random);
}

/** A seeded sequence of numbers (mulberry32). */
class Draw {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** A whole number in [0, below). */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  pick<T>(values: readonly T[]): T {
    const picked = values[this.below(values.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }
}

const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** Values that programs are known to stumble over. */
const strangeTexts: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '1e999',
  '9007199254740993',
  '99999999999999999999999999999999999999',
  'NaN',
  'null',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '../..',
  "'; drop table tidemark.chunks; --",
  '$1',
  '{x}',
  '*',
  '>',
  '__proto__',
  'é'.repeat(200),
  'x'.repeat(70_000),
  '2024-02-30',
  '294277-01-01T00:00:00Z',
  '00000000-0000-0000-0000-000000000000',
  'ffffffffffffffff',
];

const strangeValues: readonly unknown[] = [
  ...strangeTexts,
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  [],
  {},
  [null],
  [[]],
  { x: {} },
  { from: '9'.repeat(30), to: `-${'9'.repeat(30)}` },
  Array.from({ length: 1_000 }, (_, place) => place),
];

/** Bodies that are something else altogether. */
const otherBodies: readonly Buffer[] = [
  '',
  'null',
  'true',
  '0',
  '""',
  '[]',
  '{}',
  '[null]',
  '[[]]',
  '[1,2,3]',
  '[{}]',
  '{"__proto__":{"v":1},"constructor":1}',
  '<html><body>502</body></html>',
  'a,b\n1,2\n',
  '1\t2\t3\t4\t5\n',
  '\\.\n',
  deep(64),
  deep(100_000),
  `{"v":1,"records":${deep(20_000)}}`,
  '\u0000'.repeat(100),
  '\ufeff{}',
  '1'.repeat(100_000),
]
  .map((text) => Buffer.from(text))
  .concat([
    Buffer.from([0xff, 0xfe, 0x00, 0xd8]),
    gzipSync('{}'),
    zstdCompressSync('{}'),
    zstdCompressSync(Buffer.alloc(40 * 1024 * 1024)),
  ]);

const mutations: readonly Mutation[] = [
  flipBits,
  cut,
  lengthen,
  replaceBody,
  changeMember,
  changeMember,
  changeMember,
  dropHeader,
  changeHeader,
  changeHeader,
  swapHeaders,
  changeEncoding,
  changeVersion,
];

function flipBits(letter: Letter, random: Draw): MutatedLetter {
  const body = Buffer.from(letter.body);
  const bits = 1 + random.below(4);
  for (let bit = 0; bit < bits && body.length > 0; bit += 1) {
    const at = random.below(body.length);
    body[at] = (body[at] ?? 0) ^ (1 << random.below(8));
  }
  return { ...letter, body, what: `${bits} bits of the body flipped` };
}

function cut(letter: Letter, random: Draw): MutatedLetter {
  const length = random.below(letter.body.length + 1);
  return { ...letter, body: letter.body.subarray(0, length), what: `cut after ${length} bytes` };
}

function lengthen(letter: Letter, random: Draw): MutatedLetter {
  const tail = random.pick(otherBodies).subarray(0, 1_000);
  return { ...letter, body: Buffer.concat([letter.body, tail]), what: 'something after the body' };
}

function replaceBody(letter: Letter, random: Draw): MutatedLetter {
  const body = random.pick(otherBodies);
  const shown = body.toString('latin1', 0, 20);
  return { ...letter, body, what: `another body, ${JSON.stringify(shown)}` };
}

/** Takes away, replaces or adds one member of a JSON body, however deep it is; any other body is cut. */
function changeMember(letter: Letter, random: Draw): MutatedLetter {
  const value = parse(letter.body);
  if (value === undefined) return cut(letter, random);
  const places = placesIn(value);
  const place = random.pick(places);
  const strange = random.pick(strangeValues);
  const how = random.pick(['removed', 'replaced', 'replaced', 'replaced', 'added'] as const);
  const target = place.in as Record<string, unknown>;
  if (how === 'removed') delete target[place.key];
  else target[how === 'added' ? random.pick(strangeTexts) : place.key] = strange;
  const shown = JSON.stringify(strange)?.slice(0, 40);
  const what = `member ${place.path} ${how}${how === 'removed' ? '' : `: ${shown}`}`;
  return { ...letter, body: Buffer.from(JSON.stringify(value)), what };
}

function dropHeader({ headers, body }: Letter, random: Draw): MutatedLetter {
  if (headers.length === 0) return { headers, body, what: 'no header to take away' };
  const at = random.below(headers.length);
  const left = headers.filter((_, place) => place !== at);
  return { headers: left, body, what: `header ${headers[at]?.[0]} removed` };
}

function changeHeader({ headers, body }: Letter, random: Draw): MutatedLetter {
  const value = headerText(random.pick(strangeTexts));
  if (headers.length === 0) return { headers: [['X', value]], body, what: 'a header added' };
  const at = random.below(headers.length);
  const changed = headers.map(([name, old], place) => [name, place === at ? value : old] as const);
  const what = `header ${headers[at]?.[0]} is ${JSON.stringify(value.slice(0, 40))}`;
  return { headers: changed, body, what };
}

function swapHeaders({ headers, body }: Letter, random: Draw): MutatedLetter {
  if (headers.length === 0) return { headers, body, what: 'no headers to swap' };
  const [one, other] = [random.below(headers.length), random.below(headers.length)];
  const changed = headers.map(([name, value], place) => {
    if (place === one) return [name, headers[other]?.[1] ?? ''] as const;
    return [name, place === other ? (headers[one]?.[1] ?? '') : value] as const;
  });
  const what = `headers ${headers[one]?.[0]} and ${headers[other]?.[0]} swapped`;
  return { headers: changed, body, what };
}

function changeEncoding(letter: Letter, random: Draw): MutatedLetter {
  const encoding = random.pick(['zstd', 'gzip', 'identity', 'br', '', 'ZSTD']);
  const headers = [
    ...letter.headers.filter(([name]) => name !== 'Content-Encoding'),
    ['Content-Encoding', encoding] as const,
  ];
  return { headers, body: letter.body, what: `encoded as "${encoding}"` };
}

function changeVersion(letter: Letter, random: Draw): MutatedLetter {
  const version = random.pick(['0', '-1', '1.0', 'one', '01', '1e3', '9999999']);
  const headers = [
    ...letter.headers.filter(([name]) => name !== 'Tidemark-Version'),
    ['Tidemark-Version', version] as const,
  ];
  return { headers, body: letter.body, what: `version "${version}"` };
}

/** What a header can carry: one line, not too long for the client. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 2_000);
}

interface Place {
  readonly in: object;
  readonly key: string;
  readonly path: string;
}

function placesIn(value: unknown, path = '$'): Place[] {
  if (typeof value !== 'object' || value === null) return [{ in: {}, key: 'value', path }];
  const own = Object.entries(value).flatMap(([key, member]: [string, unknown]) => {
    const here = { in: value, key, path: `${path}.${key}` };
    const isBranch = typeof member === 'object' && member !== null;
    return isBranch ? [here, ...placesIn(member, here.path)] : [here];
  });
  return own.length > 0 ? own : [{ in: value, key: 'value', path }];
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
