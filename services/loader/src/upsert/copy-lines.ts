const NEWLINE = 10;

/** How many lines COPY text has; every line ends with a newline. */
export function countLines(text: Buffer): number {
  let lines = 0;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

/** The first so many lines of COPY text, and the rest. */
export function splitLines(text: Buffer, lines: number): [Buffer, Buffer] {
  let end = 0;
  for (let line = 0; line < lines; line += 1) end = text.indexOf(NEWLINE, end) + 1;
  return [text.subarray(0, end), text.subarray(end)];
}

const escapes: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
};

/** The fields of one line of COPY text, as PostgreSQL reads them. */
export function readCopyLine(line: string): (string | null)[] {
  return line
    .replace(/\n$/, '')
    .split('\t')
    .map((field) =>
      field === String.raw`\N`
        ? null
        : field.replace(/\\(.)/gs, (_match, character: string) => escapes[character] ?? character),
    );
}
