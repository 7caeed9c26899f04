/** One HTTP answer before latency, faults and compression are applied. */
export interface Answer {
  status: number;
  contentType: string;
  body: Buffer | string;
  /** Records in the body, for the statistics. */
  recordRows: number;
  headers?: Record<string, string>;
}

/** An answer of plain text, which real services use for errors even where JSON was asked for. */
export function textAnswer(status: number, body: string): Answer {
  return { status, contentType: 'text/plain', body, recordRows: 0 };
}

/** An answer of JSON made from a value; not for texts whose digits must be kept. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return {
    status,
    contentType: 'application/json',
    body: JSON.stringify(value),
    recordRows: 0,
  };
}
