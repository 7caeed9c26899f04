import type { Answer } from '../server/answer.ts';
import { jsonAnswer } from '../server/answer.ts';

const docs = 'https://docs.github.com/rest';

/** An error as the API writes them. */
export function apiError(
  status: number,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
): Answer {
  const value = { message, ...more, documentation_url: docs, status: String(status) };
  return { ...jsonAnswer(status, value), contentType: 'application/json; charset=utf-8' };
}

/** A page of a list, with links to the others: they name the repository by its id, not as it was asked for. */
export function linkHeader(options: {
  /** Without page and size. */
  address: URL;
  page: number;
  lastPage: number;
}): string | undefined {
  const { address, page, lastPage } = options;
  const link = (number: number, relation: string): string => {
    const url = new URL(address);
    url.searchParams.set('page', String(number));
    return `<${url.href}>; rel="${relation}"`;
  };
  const links = [
    ...(page > 1 ? [link(Math.min(page - 1, lastPage), 'prev')] : []),
    ...(page < lastPage ? [link(page + 1, 'next'), link(lastPage, 'last')] : []),
    ...(page > 1 ? [link(1, 'first')] : []),
  ];
  return links.length === 0 ? undefined : links.join(', ');
}
