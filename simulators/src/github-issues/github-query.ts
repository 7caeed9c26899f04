/** A valid question for a list of issues. */
export interface IssuesQuery {
  state: 'open' | 'closed' | 'all';
  sort: 'created' | 'updated' | 'comments';
  direction: 'asc' | 'desc';
  /** `YYYY-MM-DDTHH:MM:SSZ`, which sorts as a text. */
  since: string | undefined;
  perPage: number;
  page: number;
}

/** Why a question is not answered. */
export interface QueryRefusal {
  status: 422 | 501;
  field: string;
}

/** The largest page: what is asked for beyond it is made smaller without a word. */
const maxPerPage = 100;

/** Parameters of the real API: ignoring them would look like an answer to them. */
const notSimulated = ['milestone', 'assignee', 'creator', 'mentioned', 'labels', 'type', 'collab'];

class Refused extends Error {
  readonly refusal: QueryRefusal;

  constructor(refusal: QueryRefusal) {
    super(refusal.field);
    this.refusal = refusal;
  }
}

/** Reads the parameters of a list of issues; unknown ones are ignored, as the real API does. */
export function readIssuesQuery(parameters: URLSearchParams): IssuesQuery | QueryRefusal {
  try {
    for (const name of notSimulated) {
      if (parameters.has(name)) throw new Refused({ status: 501, field: name });
    }
    return {
      state: readChoice(parameters, 'state', ['open', 'closed', 'all']),
      sort: readChoice(parameters, 'sort', ['created', 'updated', 'comments']),
      direction: readChoice(parameters, 'direction', ['desc', 'asc']),
      since: readSince(parameters.get('since')),
      perPage: Math.min(readWhole(parameters.get('per_page'), 30), maxPerPage),
      page: readWhole(parameters.get('page'), 1),
    };
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** One of the choices, the first when nothing is said. */
function readChoice<Choice extends string>(
  parameters: URLSearchParams,
  field: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const text = parameters.get(field);
  if (text === null) return choices[0];
  const choice = choices.find((each) => each === text);
  if (choice === undefined) throw new Refused({ status: 422, field });
  return choice;
}

function readSince(text: string | null): string | undefined {
  if (text === null) return undefined;
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
  const ms = form.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) throw new Refused({ status: 422, field: 'since' });
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** What is no whole number above 0 counts as not said. */
function readWhole(text: string | null, otherwise: number): number {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : otherwise;
}
