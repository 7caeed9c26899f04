import { expect, test } from 'vitest';
import { readCopyMarks, writeCopyMarks } from './copy-marks.ts';

test.each([[undefined], [1_763_800_000_000]])(
  'marks are read as they were written, with %s',
  (waitsSinceMs) => {
    const marks = {
      streamSeq: 812,
      publishedAtUs: '1763800000000001',
      deliveries: 2,
      waitsSinceMs,
    };

    expect(readCopyMarks(writeCopyMarks(marks))).toEqual(marks);
  },
);

test.each([[undefined], [''], ['1 2 3'], ['1 2 3 4 5'], ['x 2 3 -'], ['1 2 -3 -'], ['1  2 3 -']])(
  'the header %j has none',
  (text) => {
    expect(readCopyMarks(text)).toBeUndefined();
  },
);
