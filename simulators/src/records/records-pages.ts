import type { Answer } from '../server/answer.ts';
import { jsonAnswer } from '../server/answer.ts';
import type { RecordRow } from './record-row.ts';
import { compareRows } from './record-row.ts';
import type { RecordsContent } from './records-content.ts';
import { countBefore } from './records-content.ts';
import type { RecordsQuery } from './records-query.ts';
import { encodeCursor } from './records-query.ts';

/** How pages are cut and kept. */
export interface PagesOptions {
  updatedAfter: 'inclusive' | 'exclusive';
  beyondEnd: 'empty' | 'last' | 'refuse';
  /** Keeps every page that was rendered until the content changes. */
  keepPages: boolean;
}

/** A slice of the sorted records: `matching` rows from `first` on, of which one page is served. */
interface Cut {
  start: number;
  end: number;
  page: number | null;
  pages: number | null;
  total: number;
  hasMore: boolean;
}

/**
 * Cuts the sorted records into pages. Nothing is filtered: the matching records are one range of
 * the sorted ones, so a page is known by where it starts and ends, and a kept page serves every
 * question that leads to the same cut.
 */
export class RecordsPages {
  readonly #content: RecordsContent;
  readonly #options: PagesOptions;
  readonly #kept = new Map<string, Answer>();
  #keptRevision = -1;

  constructor(content: RecordsContent, options: PagesOptions) {
    this.#content = content;
    this.#options = options;
  }

  /** Renders every page of this size, so that serving them costs next to nothing. */
  prerender(size: number): void {
    const pages = Math.ceil(this.#content.sorted().length / size);
    for (let page = 1; page <= pages; page += 1) {
      this.answer({
        updatedAfter: undefined,
        updatedBefore: undefined,
        slice: { kind: 'page', page, size },
      });
    }
  }

  answer(query: RecordsQuery): Answer {
    const rows = this.#content.sorted();
    const cut = this.#cut(rows, query);
    if (cut === undefined) return jsonAnswer(404, { error: 'no such page' });
    if (!this.#options.keepPages) return render(rows, cut);
    if (this.#keptRevision !== this.#content.revision) {
      this.#kept.clear();
      this.#keptRevision = this.#content.revision;
    }
    const key = `${cut.start}-${cut.end} ${cut.page}/${cut.pages} ${cut.total} ${cut.hasMore}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const made = render(rows, cut);
    const kept = { ...made, body: Buffer.from(made.body) };
    this.#kept.set(key, kept);
    return kept;
  }

  #cut(rows: readonly RecordRow[], query: RecordsQuery): Cut | undefined {
    const first = this.#firstMatching(rows, query.updatedAfter);
    const { updatedBefore } = query;
    const end =
      updatedBefore === undefined
        ? rows.length
        : countBefore(rows, (row) => row.updatedMicros > updatedBefore);
    const range = { first, end: Math.max(first, end) };
    if (query.slice.kind === 'page') return this.#cutPage(range, query.slice);
    const { after, size } = query.slice;
    const start =
      after === undefined
        ? range.first
        : Math.max(
            range.first,
            countBefore(rows, (row) => isAfter(row, after)),
          );
    const stop = Math.min(start + size, range.end);
    const total = range.end - range.first;
    return { start, end: stop, page: null, pages: null, total, hasMore: stop < range.end };
  }

  #cutPage(
    range: { first: number; end: number },
    slice: { page: number; size: number },
  ): Cut | undefined {
    const total = range.end - range.first;
    const pages = Math.ceil(total / slice.size);
    const isBeyond = slice.page > Math.max(pages, 1);
    if (isBeyond && this.#options.beyondEnd === 'refuse') return undefined;
    const page = isBeyond && this.#options.beyondEnd === 'last' ? pages || 1 : slice.page;
    const start = Math.min(range.first + (page - 1) * slice.size, range.end);
    const end = Math.min(start + slice.size, range.end);
    return { start, end, page, pages, total, hasMore: end < range.end };
  }

  #firstMatching(rows: readonly RecordRow[], updatedAfter: bigint | undefined): number {
    if (updatedAfter === undefined) return 0;
    return this.#options.updatedAfter === 'inclusive'
      ? countBefore(rows, (row) => row.updatedMicros >= updatedAfter)
      : countBefore(rows, (row) => row.updatedMicros > updatedAfter);
  }
}

function isAfter(row: RecordRow, after: Pick<RecordRow, 'id' | 'updatedMicros'>): boolean {
  return compareRows(row, { ...after, text: '' }) > 0;
}

function render(rows: readonly RecordRow[], cut: Cut): Answer {
  const served = rows.slice(cut.start, cut.end);
  const last = served.at(-1);
  const next = cut.hasMore && last !== undefined ? encodeCursor(last) : null;
  return {
    status: 200,
    contentType: 'application/json',
    body:
      `{"data":[${served.map((row) => row.text).join(',')}],"page":${cut.page},` +
      `"pages":${cut.pages},"total":${cut.total},"next_cursor":${JSON.stringify(next)}}`,
    recordRows: served.length,
  };
}
