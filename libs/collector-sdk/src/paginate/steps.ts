import type { PagePlace } from '@tidemark/contracts';
import { lookUp, textOf } from '../answer/look-up.ts';
import type { Definition } from '../definition/definition.ts';

/** What paging sees of a page that was read. */
export interface PageRead {
  readonly answer: unknown;
  readonly recordCount: number;
  /** Digest of the page's records, by which a page that comes again is noticed. */
  readonly digest: string;
}

type Paginate = Definition['paginate'];
type PaginateOf<Kind extends Paginate['kind']> = Extract<Paginate, { kind: Kind }>;

/** The paginator's own place of the following page; undefined when the window is read to its end. */
export type Step = PagePlace['place'] | undefined;

/** One step along a chain of pages, by what the page itself says. */
export function stepFrom(paginate: Paginate, place: PagePlace['place'], page: PageRead): Step {
  switch (paginate.kind) {
    case 'none':
      return undefined;
    case 'page':
      return stepByNumber(paginate, place, page);
    case 'offset':
      return stepByOffset(paginate, place, page);
    case 'cursor':
      return stepByCursor(paginate, place, page);
  }
}

/** The number of pages an answer tells; undefined when it tells none. */
export function totalPagesOf(paginate: PaginateOf<'page'>, answer: unknown): number | undefined {
  if (paginate.totalPages === undefined) return undefined;
  const text = textOf(lookUp(answer, paginate.totalPages));
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function stepByNumber(
  paginate: PaginateOf<'page'>,
  place: PagePlace['place'],
  page: PageRead,
): Step {
  const number = Number(place['page'] ?? paginate.start);
  const total = totalPagesOf(paginate, page.answer);
  const isLast =
    total === undefined
      ? isShort(page.recordCount, paginate.size?.value)
      : number - paginate.start + 1 >= total;
  return isLast ? undefined : { page: number + 1 };
}

function stepByOffset(
  paginate: PaginateOf<'offset'>,
  place: PagePlace['place'],
  page: PageRead,
): Step {
  if (isShort(page.recordCount, paginate.size.value)) return undefined;
  return { offset: Number(place['offset'] ?? paginate.start) + page.recordCount };
}

function stepByCursor(
  paginate: PaginateOf<'cursor'>,
  place: PagePlace['place'],
  page: PageRead,
): Step {
  const cursor = textOf(lookUp(page.answer, paginate.next));
  // Some sources answer the end with an empty page that repeats the cursor.
  const isEnd = cursor === undefined || (page.recordCount === 0 && cursor === place['cursor']);
  return isEnd ? undefined : { cursor };
}

/**
 * Whether a page is the last one by its length. Some sources silently give smaller pages than were asked for, always of
 * a round number of records: such a page is not taken for the last, which costs one empty request now and then.
 */
function isShort(recordCount: number, size: number | undefined): boolean {
  if (recordCount === 0) return true;
  if (size === undefined || recordCount >= size) return false;
  const isRound = recordCount % 10 === 0 || recordCount % 25 === 0 || recordCount % 16 === 0;
  return !isRound;
}
