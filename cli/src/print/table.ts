import Table from 'cli-table3';
import { colours as pc } from './colours.ts';

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Columns of text below a heading; a heading that begins with a blank is of a column of numbers. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const drawn = new Table({
    head: heading.map((name) => pc.dim(name.trim())),
    colAligns: heading.map((name) => (name.startsWith(' ') ? 'right' : 'left')),
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
