import type { DeadLetterRow, WholeDeadLetterRow } from '@tidemark/store';
import { colours as pc } from './colours.ts';
import { showCount, showInstant } from './show.ts';
import { table } from './table.ts';

const LONGEST_REASON = 80;

/** Dead letters as a table, one a line, their reasons cut. */
export function lettersTable(letters: readonly DeadLetterRow[]): string {
  return table(
    [' id', 'collector', 'run', 'kind', 'status', 'since', 'code', 'reason'],
    letters.map((letter) => [
      letter.id,
      letter.collector_name,
      letter.run_id ?? '–',
      letter.kind,
      letter.status,
      showInstant(letter.created_at),
      letter.code,
      cut(letter.reason),
    ]),
  );
}

/** A dead letter with all that is known of it, and what it holds. */
export function describeLetter(letter: WholeDeadLetterRow): string {
  const lines = [
    ['dead letter', pc.bold(letter.id)],
    ['collector', letter.collector_name],
    ['kind', letter.kind],
    ['status', letter.note === null ? letter.status : `${letter.status}: ${letter.note}`],
    ['code', letter.code],
    ['reason', letter.reason],
    ['since', showInstant(letter.created_at)],
    ['run', letter.run_id ?? '–'],
    ['place', placeOf(letter)],
    ['trace', letter.trace_id ?? '–'],
    ['edited', showInstant(letter.edited_at)],
    ['replays', replaysOf(letter)],
    ['closed', showInstant(letter.settled_at)],
  ].map(([what = '', value]) => `${pc.dim(what.padEnd(11))} ${value}`);
  const original =
    letter.original_payload === null
      ? []
      : [`${pc.bold('As it came')}\n${letter.original_payload}`];
  return [lines.join('\n'), `${pc.bold('It holds')}\n${letter.payload}`, ...original].join('\n\n');
}

function placeOf({ chunk_id: chunk, seq, part, position }: WholeDeadLetterRow): string {
  if (chunk === null) return 'of no chunk that is known';
  const record = position === null ? '' : `, record ${position}`;
  return `chunk ${chunk}, page ${seq ?? '–'}, part ${part ?? '–'}${record}`;
}

function replaysOf({ replays, replay_run_id: run }: DeadLetterRow): string {
  return run === null ? 'none' : `${showCount(replays)}, the last by run ${run}`;
}

function cut(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON - 1)}…` : line;
}
