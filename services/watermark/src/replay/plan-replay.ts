import type { Definition } from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';
import {
  listLettersToReplay,
  readLetters,
  type EarlierRun,
  type LetterChoice,
  type LetterToReplay,
  type Queryable,
} from '@tidemark/store';
import type { QueuedCommand } from '../commands/queued-command.ts';
import { findParent } from '../planning/find-parent.ts';
import type { UsableDefinition } from '../planning/load-definition.ts';
import { groupLetters } from './group-letters.ts';
import { whyNotRow, type RowTarget } from './row-lines.ts';
import { findRowTarget } from './row-target.ts';
import { holdsRecord, whyNot } from './why-not.ts';

/** What a run brings again. */
export interface ReplayPlan {
  /** The run of all the letters; undefined where they are of several. */
  readonly ofRun: string | undefined;
  /** Those that hold a record. */
  readonly records: readonly LetterToReplay[];
  /** Those that stand for a page or a message, whose chunks are read again. */
  readonly others: readonly LetterToReplay[];
  /** The run of those chunks. */
  readonly parent: EarlierRun | undefined;
}

/** At most so many are named by a refusal. */
const MOST_SAID = 10;

/** What a command wants to be brought again; undefined when it is no replay, and a refusal when that cannot be. */
export async function planReplay(
  db: Queryable,
  usable: UsableDefinition,
  command: QueuedCommand,
): Promise<ReplayPlan | undefined> {
  const { replay, runClass } = command;
  if (!replay) return undefined;
  const found = await listLettersToReplay(db, usable.definition.name, replay);
  const letters = await usableLetters(db, usable.definition, { replay, found });
  const others = letters.filter((letter) => !holdsRecord(letter));
  const chunkIds = [...new Set(others.flatMap(({ chunkId }) => chunkId ?? []))];
  const takeUp = { runId: oneRunOf(others), which: 'failed', chunkIds } as const;
  const runs = new Set(letters.map(({ runId }) => runId));
  const [ofRun] = runs.size === 1 ? runs : [];
  return {
    ofRun: ofRun ?? undefined,
    records: letters.filter(holdsRecord),
    others,
    parent: others.length > 0 ? await findParent(db, usable, { takeUp, runClass }) : undefined,
  };
}

interface Choice {
  readonly replay: LetterChoice;
  readonly found: readonly LetterToReplay[];
}

async function usableLetters(
  db: Queryable,
  definition: Definition,
  { replay, found }: Choice,
): Promise<readonly LetterToReplay[]> {
  const mistakes = new Map<string, string>();
  for (const letter of found) {
    const why = whyNot(letter);
    if (why !== undefined) mistakes.set(letter.id, why);
  }
  const rows = found.filter(({ id, kind }) => kind === 'row' && !mistakes.has(id));
  for (const [id, why] of await whichDoNotFit(db, definition, rows)) mistakes.set(id, why);
  if ('letters' in replay) {
    const known = new Set(found.map(({ id }) => id));
    for (const id of replay.letters) if (!known.has(id)) mistakes.set(id, 'is not there');
  }
  const letters = found.filter(({ id }) => !mistakes.has(id));
  // Those that were named are meant, all of them; of a run or a collector it is those that can be.
  if (letters.length === 0 || ('letters' in replay && mistakes.size > 0)) {
    throw refusal(definition.name, mistakes);
  }
  return letters;
}

/** Rows that cannot be written, and why: read a batch at a time, as they are published, since all of them may be much. */
async function whichDoNotFit(
  db: Queryable,
  definition: Definition,
  rows: readonly LetterToReplay[],
): Promise<Map<string, string>> {
  const targets = new Map<string, RowTarget>();
  const reasons = new Map<string, string>();
  for (const { partition, letters } of groupLetters(rows)) {
    const target = targets.get(partition) ?? (await findRowTarget(db, definition, partition));
    targets.set(partition, target);
    for (const [place, { payload }] of (await readLetters(db, letters)).entries()) {
      const why = whyNotRow(target, payload);
      if (why !== undefined) reasons.set(letters[place] ?? '', why);
    }
  }
  return reasons;
}

function oneRunOf(others: readonly LetterToReplay[]): string | undefined {
  const runs = [...new Set(others.flatMap(({ runId }) => runId ?? []))];
  if (runs.length <= 1) return runs[0];
  throw new TerminalError(
    'COMMAND_INVALID',
    `pages and messages of ${runs.length} runs cannot be read again by one run; replay those of one run at a time (ofRun), beginning with ${runs[0]}`,
  );
}

function refusal(collector: string, mistakes: ReadonlyMap<string, string>): TerminalError {
  if (mistakes.size === 0) {
    return new TerminalError(
      'COMMAND_INVALID',
      `"${collector}" has no such dead letter that is open`,
    );
  }
  const said = [...mistakes].slice(0, MOST_SAID).map(([id, why]) => `${id} ${why}`);
  const more = mistakes.size - said.length;
  return new TerminalError(
    'COMMAND_INVALID',
    `dead letters that cannot be replayed: ${said.join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
  );
}
