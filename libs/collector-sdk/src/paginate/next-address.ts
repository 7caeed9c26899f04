import type { PagePlace } from '@tidemark/contracts';
import type { AnswerHead } from './page-read.ts';
import type { PageTrouble } from './trouble.ts';

/**
 * The place of a page whose address the source gives: path and query only, since every page is asked of the host that is
 * declared. An address of another host is refused; `http` instead of `https` is what servers behind a proxy write and is
 * not taken over. A secret that the address repeats is left out, it is added again when the page is asked for.
 */
export function placeAt(
  address: string,
  head: AnswerHead | undefined,
): PagePlace['place'] | PageTrouble {
  const url = head && URL.parse(address, head.url.href);
  if (!head || !url) {
    return { code: 'RESPONSE_INVALID', reason: 'the address of the next page cannot be read' };
  }
  if (url.host !== head.url.host || !/^https?:$/.test(url.protocol)) {
    const [there, here] = [url.host || url.protocol, head.url.host];
    const reason = `the next page would be at ${there}, the source is ${here}`;
    return { code: 'PAGE_ELSEWHERE', reason };
  }
  return { url: url.pathname + withoutSecrets(url.search, head.secretParameters) };
}

/** Leaves parameters out without writing the others anew: their encoding may be part of a cursor. */
function withoutSecrets(search: string, names: readonly string[]): string {
  if (names.length === 0 || search === '') return search;
  const kept = search
    .slice(1)
    .split('&')
    .filter((each) => !names.includes(nameOf(each)));
  return kept.length > 0 ? `?${kept.join('&')}` : '';
}

function nameOf(parameter: string): string {
  const [name = ''] = new URLSearchParams(parameter).keys();
  return name;
}
