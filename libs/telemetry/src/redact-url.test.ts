import { expect, test } from 'vitest';
import { redactUrl } from './redact-url.ts';

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
