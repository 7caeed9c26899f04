import type { Asked, Measured } from './measure-source.ts';

const columns = [
  'collector',
  'rows',
  'requests: quiet',
  'incremental',
  'full',
  'share',
  'records: quiet',
  'incremental',
  'full',
  'share',
  'KiB: incremental',
  'full',
  'share',
  'written',
  's: incremental',
  'full',
];

/** The measured runs as a table of Markdown whose columns stand below each other. */
export function tableOf(measured: readonly Measured[]): string {
  const lines = [columns, ...measured.map(rowOf)];
  const widths = columns.map((_, at) =>
    Math.max(...lines.map((cells) => (cells[at] ?? '').length)),
  );
  const padded = lines.map((cells) =>
    cells.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    ),
  );
  const rule = widths.map((width, at) =>
    at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  const [head = [], ...rows] = padded;
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function rowOf({ collector, rows, quiet, incremental, full }: Measured): string[] {
  return [
    collector,
    String(rows),
    String(quiet.requests),
    String(incremental.requests),
    String(full.requests),
    share(incremental, full, 'requests'),
    String(quiet.records),
    String(incremental.records),
    String(full.records),
    share(incremental, full, 'records'),
    kibibytes(incremental.bytes),
    kibibytes(full.bytes),
    share(incremental, full, 'bytes'),
    String(incremental.written),
    incremental.seconds.toFixed(2),
    full.seconds.toFixed(2),
  ];
}

function share(a: Asked, b: Asked, of: 'requests' | 'records' | 'bytes'): string {
  const [part, whole] = [a[of], b[of]];
  if (part === null || whole === null || whole === 0) return '–';
  return `${((100 * part) / whole).toFixed(1)} %`;
}

function kibibytes(bytes: number | null): string {
  return bytes === null ? '–' : String(Math.round(bytes / 1024));
}
