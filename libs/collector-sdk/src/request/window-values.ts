import type { PageTask, Window } from '@tidemark/contracts';
import { digitsToCursor, formatDay, type CursorFormat, type DayFormat } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';
import { firstDayOf, lastDayOf } from '../incremental/period-keys.ts';
import { splitOf } from '../paginate/split-window.ts';
import { encodeQueryValue, type TemplateValues } from './template.ts';

/** Variables that tell what a page asks for: the ends of a window or of its periods, in the source's own zone and format. */
export function windowValues(definition: Definition, task: PageTask): TemplateValues {
  const { incremental } = definition;
  if (incremental.kind === 'cursor') {
    return {
      today: digitsToCursor(task.plannedAt, 'date', incremental.zone),
      ...writtenEnds(incremental, cursorWindow(definition, task)),
    };
  }
  if (incremental.kind !== 'periods') return {};
  const { zone, format } = incremental;
  const [from, to] = [task.items[0], task.items.at(-1)];
  return {
    today: digitsToCursor(task.plannedAt, 'date', zone),
    from,
    to,
    first_day: writeDay(from && firstDayOf(from), format),
    last_day: writeDay(to && lastDayOf(to), format),
  };
}

/** Query parameters by which a page asks for its window, or for what follows a token. */
export function* windowParameters(
  definition: Definition,
  task: PageTask,
): Iterable<[string, string]> {
  const { incremental } = definition;
  if (incremental.kind === 'token' && task.signal !== null) {
    yield [incremental.param, encodeURIComponent(task.signal)];
  }
  if (incremental.kind !== 'cursor') return;
  yield* parameters(incremental, cursorWindow(definition, task));
  const split = splitOf(definition);
  if (split?.axis === 'other') yield* parameters(split, task.page.windows[0]);
}

/** The window of the cursor that a page asks for: a part of its chunk's where that was split. */
function cursorWindow(definition: Definition, { cursor, page }: PageTask): Window | undefined {
  const isSplit = splitOf(definition)?.axis === 'cursor';
  return (isSplit ? page.windows[0] : undefined) ?? cursor ?? undefined;
}

interface Axis {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly format: CursorFormat;
  readonly zone: string;
}

function* parameters(axis: Axis, window: Window | undefined): Iterable<[string, string]> {
  const { from, to } = writtenEnds(axis, window);
  if (from !== undefined && axis.from !== undefined) yield [axis.from, encodeQueryValue(from)];
  if (to !== undefined && axis.to !== undefined) yield [axis.to, encodeQueryValue(to)];
}

/** The ends of a window, never narrower than it is: a source that leaves its end out would lose what lies between. */
function writtenEnds({ format, zone }: Axis, window: Window | undefined) {
  const { from = null, to = null } = window ?? {};
  return {
    from: from === null ? undefined : digitsToCursor(from, format, zone, 'from'),
    to: to === null ? undefined : digitsToCursor(to, format, zone, 'to'),
  };
}

function writeDay(day: number | '' | undefined, format: DayFormat): string | undefined {
  return typeof day === 'number' ? formatDay(day, format) : undefined;
}
