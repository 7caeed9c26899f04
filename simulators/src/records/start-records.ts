import type { Answer } from '../server/answer.ts';
import { jsonAnswer } from '../server/answer.ts';
import { refuseUnknown } from '../server/change-arguments.ts';
import type { ControlRoutes } from '../server/control-routes.ts';
import { ControlArgumentError } from '../server/control-routes.ts';
import type { SimulatorRequest } from '../server/request.ts';
import type { ServerOptions, Simulator } from '../server/start-server.ts';
import { startServer } from '../server/start-server.ts';
import type { GenerateOptions } from './generate-records.ts';
import { generateRows } from './generate-records.ts';
import type { GivenRecord } from './record-row.ts';
import { RecordsContent } from './records-content.ts';
import type { PagesOptions } from './records-pages.ts';
import { RecordsPages } from './records-pages.ts';
import type { SizeLimit } from './records-query.ts';
import { readRecordsQuery } from './records-query.ts';

/** What the plain API serves, and how. */
export interface RecordsOptions extends ServerOptions {
  /** The first records; JSON texts are served byte for byte. */
  rows?: Iterable<GivenRecord>;
  /** Records to generate, beside those given. */
  generate?: GenerateOptions;
  /** Renders all pages of this size at the start and keeps every page until a change. */
  prerenderPerPage?: number;
  /** Every request must carry `Authorization: Bearer <this>`. */
  bearerToken?: string;
  /** Whether `updated_after` takes in its own moment; `inclusive` when absent. */
  updatedAfter?: PagesOptions['updatedAfter'];
  /** A page after the last one: `empty` (default), the `last` one again, or 404. */
  beyondEnd?: PagesOptions['beyondEnd'];
  /** The largest page; 50,000 when absent. */
  maxPerPage?: number;
  /** Whether too large a page is silently made smaller (`clamp`, default) or refused. */
  whenLarger?: SizeLimit['whenLarger'];
}

/** Changes of the records. */
export interface RecordsControl {
  upsert(given: Iterable<GivenRecord>): void;
  /** Answers how many of them were there. */
  delete(ids: readonly (string | number | bigint)[]): number;
  /** The JSON texts of all records, in the order of the answers. */
  content(): string[];
}

/** A running plain API; the records are at `<url>/records`. */
export type RecordsSimulator = Simulator<RecordsControl>;

/** Starts a plain JSON API with page and cursor paging. */
export async function startRecords(options: RecordsOptions = {}): Promise<RecordsSimulator> {
  const generated = options.generate === undefined ? [] : generateRows(options.generate);
  const content = new RecordsContent(generated);
  content.upsert(options.rows ?? []);
  const pages = new RecordsPages(content, {
    updatedAfter: options.updatedAfter ?? 'inclusive',
    beyondEnd: options.beyondEnd ?? 'empty',
    keepPages: options.prerenderPerPage !== undefined,
  });
  if (options.prerenderPerPage !== undefined) pages.prerender(options.prerenderPerPage);
  const control = makeControl(content);
  return startServer(
    {
      answer: (request) => answer(request, pages, options),
      control,
      routes: {
        changes: recordsRoutes(control),
        content: () => `{"rows":[${control.content().join(',')}]}`,
      },
    },
    options,
  );
}

function answer(request: SimulatorRequest, pages: RecordsPages, options: RecordsOptions): Answer {
  if (!isAuthorized(request, options.bearerToken)) {
    return {
      ...jsonAnswer(401, { error: 'a valid bearer token is needed' }),
      headers: { 'www-authenticate': 'Bearer' },
    };
  }
  if (request.path !== '/records') return jsonAnswer(404, { error: 'not found' });
  const query = readRecordsQuery(request.query, {
    maxRows: options.maxPerPage ?? 50_000,
    whenLarger: options.whenLarger ?? 'clamp',
  });
  if ('problem' in query) return jsonAnswer(400, { error: query.problem });
  return pages.answer(query);
}

function isAuthorized(request: SimulatorRequest, token: string | undefined): boolean {
  return token === undefined || request.headers.authorization === `Bearer ${token}`;
}

function makeControl(content: RecordsContent): RecordsControl {
  return {
    upsert: (given) => content.upsert(given),
    delete: (ids) => content.delete(ids.map(String)),
    content: () => content.sorted().map((row) => row.text),
  };
}

function recordsRoutes(control: RecordsControl): ControlRoutes['changes'] {
  return {
    /** Texts in `rows` are JSON texts, so that digits survive the way here too. */
    upsert: (args) => {
      refuseUnknown(args, ['rows']);
      control.upsert(readList(args['rows'], isGivenRecord));
    },
    delete: (args) => {
      refuseUnknown(args, ['ids']);
      return { deleted: control.delete(readList(args['ids'], isId)) };
    },
  };
}

function readList<T>(value: unknown, isElement: (each: unknown) => each is T): T[] {
  if (!Array.isArray(value) || !value.every(isElement)) {
    throw new ControlArgumentError('a list of rows, or of ids, is missing');
  }
  return value;
}

function isGivenRecord(value: unknown): value is GivenRecord {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

function isId(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
