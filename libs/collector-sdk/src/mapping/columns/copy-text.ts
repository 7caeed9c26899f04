/** How COPY's text format writes NULL. */
export const NULL_TEXT = '\\N';

const special = /[\\\t\n\r\0]/;
const everySpecial = /[\\\t\n\r\0]/g;

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  // PostgreSQL has no such character in text.
  '\0': '',
};

/** A value as a field of COPY's text format; most need no escaping, which one look tells. */
export function copyText(text: string): string {
  return special.test(text)
    ? text.replace(everySpecial, (character) => escapes[character] ?? '')
    : text;
}
