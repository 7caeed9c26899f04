import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { redactUrl, secretValues } from './redact-url.ts';

test.each([
  ['https://a.b/c?api_token=XYZ&page=2', 'https://a.b/c?api_token=REDACTED&page=2'],
  ['https://me:pass@a.b/c', 'https://a.b/c'],
  ['https://a.b/c?key=XYZ&appid=XYZ', 'https://a.b/c?key=REDACTED&appid=REDACTED'],
  ['https://a.b/c?X-Amz-Signature=XYZ', 'https://a.b/c?X-Amz-Signature=REDACTED'],
  ['https://a.b/c?TOKEN=XYZ&token=ABC', 'https://a.b/c?TOKEN=REDACTED&token=REDACTED'],
  ['https://a.b/c?keyword=x&country=PT', 'https://a.b/c?keyword=x&country=PT'],
  ['https://a.b/c?q=a%20b,c', 'https://a.b/c?q=a%20b,c'],
])('%s is shown as %s', (url, shown) => {
  expect(redactUrl(new URL(url)).href).toBe(shown);
});

test('a secret of a source is hidden under any name, and nothing else is', () => {
  const secrets = secretValues({
    TIDEMARK_SECRET_SHOP: 'p@ss +1',
    TIDEMARK_SECRET_SHOP_HOSTS: 'a.b',
    TIDEMARK_SECRET_UNSET: '',
    DATABASE_URL: 'x',
  });
  const url = new URL('https://a.b/c?id=p%40ss%20%2B1&host=a.b&empty=&other=x');

  expect(redactUrl(url, secrets).href).toBe('https://a.b/c?id=REDACTED&host=a.b&empty=&other=x');
});

test('a secret that stands in a file is hidden as well', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key');
  writeFileSync(file, 'p@ss +1\n');
  const gone = join(folder, 'gone');

  const secrets = secretValues({
    TIDEMARK_SECRET_SHOP_FILE: file,
    TIDEMARK_SECRET_GONE_FILE: gone,
  });

  expect([...secrets]).toEqual(['p@ss +1']);
});
