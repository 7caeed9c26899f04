import { expect, test } from 'vitest';
import { readMirror } from './debian-mirror.ts';

test.each([
  ['Types: deb\nURIs: http://mirror.test/debian\nSuites: x', 'http://mirror.test/debian'],
  ['deb [signed-by=/k] http://mirror.test/debian/ bookworm main', 'http://mirror.test/debian'],
  ['deb http://mirror.test/debian-security x main', undefined],
])('the mirror of the machine is found in %j', (sources, mirror) => {
  expect(readMirror(sources)).toBe(mirror);
});
