/** A number that keeps its digits: what `JSON.rawJSON` makes and `JSON.stringify` writes back as it came. */
export interface RawJson {
  readonly rawJSON: string;
}

interface JsonWithSource {
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context?: { readonly source?: string }) => unknown,
  ): unknown;
}

// Node has had these since 22; TypeScript's library does not declare them yet.
const json = JSON as unknown as JsonWithSource;

/** Keeps the digits of a number. */
export const rawJson = (text: string): RawJson => json.rawJSON(text);

/** Whether a value is a number that was kept digit for digit. */
export const isRawJson = (value: unknown): value is RawJson => json.isRawJSON(value);

/** `JSON.parse` whose reviver sees the source text of each number. */
export const parseWithSource: JsonWithSource['parse'] = (text, reviver) =>
  json.parse(text, reviver);
