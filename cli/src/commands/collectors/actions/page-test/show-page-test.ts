import type { Definition } from '@tidemark/collector-sdk';
import type { PageTask } from '@tidemark/contracts';
import { colours as pc } from '../../../../print/colours.ts';
import { showCount, showCounted } from '../../../../print/show.ts';
import { table } from '../../../../print/table.ts';
import type { TestedPage } from './fetched-page.ts';
import type { MappedPage, MappedRows } from './map-page.ts';

/** Everything that a test of a page has found. */
export interface PageTest {
  readonly definition: Definition;
  readonly task: PageTask;
  readonly page: TestedPage;
  readonly mapped: MappedPage | undefined;
  /** So many rows and rejects are shown. */
  readonly limit: number;
}

const CELL = 32;

/** A test of a page as people read it. */
export function showPageTest({ task, page, mapped, limit }: PageTest): string {
  const { request, failure } = page;
  return [
    `${pc.bold(request.method)} ${request.url}`,
    ...Object.entries(request.headers).map(([name, value]) => pc.dim(`  ${name}: ${value}`)),
    pc.dim(`  reads ${describeTask(task)}`),
    '',
    answerLine(page),
    ...page.notes,
    ...(failure ? [`${pc.red(failure.code)}: ${failure.reason}`] : []),
    ...(page.records && !failure
      ? [`Next page: ${page.next ?? 'none, this is the last one'}`]
      : []),
    ...(mapped ? showMapped(mapped, limit) : []),
  ].join('\n');
}

function describeTask({ partition, items, cursor }: PageTask): string {
  const values = Object.entries(partition).map(([key, value]) => `${key}=${value}`);
  const window = cursor
    ? [`from ${shown(cursor.from)}`, ...(cursor.to === null ? [] : [`to ${shown(cursor.to)}`])]
    : [];
  const parts = [...values, ...(items.length > 0 ? [itemsOf(items)] : []), ...window];
  return parts.length === 0 ? 'everything' : parts.join(', ');
}

function itemsOf(items: readonly string[]): string {
  const [first = '', last = first] = [items[0], items.at(-1)];
  return items.length <= 3 ? items.join(', ') : `${items.length} from ${first} to ${last}`;
}

/** Digits that are microseconds are shown as an instant; smaller ones are what they are. */
function shown(digits: string | null): string {
  if (digits === null) return 'the beginning';
  if (!/^\d{15,17}$/.test(digits)) return digits;
  return new Date(Number(digits.slice(0, -3))).toISOString().replace('.000Z', 'Z');
}

function answerLine({ status, durationMs, bytes, records, failure }: TestedPage): string {
  const end = failure ? 'Failed' : 'Answered';
  return [
    status === null ? end : `Status ${status}`,
    `${showCount(durationMs)} ms`,
    showCounted(bytes, 'byte'),
    ...(records ? [pc.bold(showCounted(records.length, 'record'))] : []),
  ].join(', ');
}

function showMapped(mapped: MappedPage, limit: number): string[] {
  const { rejects } = mapped;
  const shownRejects = rejects
    .slice(0, limit)
    .map(({ position, code, reason }) => [` ${position ?? '–'}`, code, reason]);
  return [
    ...showRows(mapped, '', limit),
    ...mapped.children.flatMap((child) => showRows(child, ` of ${child.table}`, limit)),
    ...(rejects.length > 0
      ? [
          '',
          `${pc.red(showCounted(rejects.length, 'reject'))}${more(rejects.length, limit)}`,
          table([' record', 'code', 'reason'], shownRejects),
        ]
      : []),
  ];
}

function showRows({ columns, rows }: MappedRows, ofTable: string, limit: number): string[] {
  const shown = rows.slice(0, limit).map((row) => columns.map((name) => cellOf(row[name] ?? null)));
  return [
    '',
    `${pc.bold(showCounted(rows.length, 'row') + ofTable)}${more(rows.length, limit)}`,
    ...(shown.length > 0 ? [table(columns, shown)] : []),
  ];
}

function more(count: number, limit: number): string {
  return count > limit ? `, here the first ${limit}:` : '';
}

function cellOf(value: string | null): string {
  if (value === null) return pc.dim('NULL');
  const line = value.replaceAll(/\s+/g, ' ');
  return line.length <= CELL ? line : `${line.slice(0, CELL - 1)}…`;
}
