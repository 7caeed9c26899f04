import { describe, expect, it } from 'vitest';
import { countLines, readCopyLine, splitLines } from './copy-lines.ts';

describe('lines of COPY text', () => {
  it('are counted by their ends', () => {
    expect(countLines(Buffer.from(''))).toBe(0);
    expect(countLines(Buffer.from('a\n\nb\n'))).toBe(3);
  });

  it('are split without losing a byte', () => {
    const text = Buffer.from('é\n2\n3\n');
    expect(splitLines(text, 1).map(String)).toEqual(['é\n', '2\n3\n']);
    expect(splitLines(text, 3).map(String)).toEqual(['é\n2\n3\n', '']);
  });

  it('are read as PostgreSQL reads them', () => {
    expect(readCopyLine('1\t\\N\t\ta\\tb\\nc\\\\d\t\\\\N\n')).toEqual([
      '1',
      null,
      '',
      'a\tb\nc\\d',
      '\\N',
    ]);
  });
});
