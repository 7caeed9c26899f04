import { expect, test } from 'vitest';
import { findImports, packageOf } from './find-imports.ts';

test.each([
  [`import { a } from 'one';`, ['one']],
  [`import type { A } from '@x/one';`, ['@x/one']],
  [`import {\n  a,\n  type B,\n} from './two.ts';`, ['./two.ts']],
  [`export { a } from "three";\nexport * from 'four';`, ['three', 'four']],
  [`import 'five';`, ['five']],
  [`const six = await import('./six.ts');`, ['./six.ts']],
  [`import a from 'one';\nimport { b } from 'one';`, ['one']],
  [`const text = "nothing comes from 'here'";`, []],
  [`export const a = 1;\nconst b = 'from';\n`, []],
])('finds what %j imports', (source, expected) => {
  expect(findImports(source)).toEqual(expected);
});

test.each([
  ['pg', 'pg'],
  ['pg/lib/x.js', 'pg'],
  ['@tidemark/bus', '@tidemark/bus'],
  ['@tidemark/telemetry/register', '@tidemark/telemetry'],
])('%s is of the package %s', (specifier, expected) => {
  expect(packageOf(specifier)).toBe(expected);
});
