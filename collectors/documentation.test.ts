import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkDefinition } from '@tidemark/collector-sdk/define';
import { readYamlDefinition } from '@tidemark/collector-sdk/yaml';
import { expect, test } from 'vitest';
import { registry } from './index.ts';

const files = [
  '../README.md',
  '../docs/collectors.md',
  ...globSync('*/README.md', { cwd: import.meta.dirname }),
];
const texts = files.map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'));
const examples = texts.flatMap((text) =>
  [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => [yaml]),
);

test.each(examples)('the definition that is shown is valid: %s', (yaml) => {
  const read = readYamlDefinition(yaml, registry.definitions);

  expect(read).not.toHaveProperty('mistakes');
  const value = 'value' in read ? read.value : undefined;
  expect(checkDefinition(value, Object.keys(registry.functions))).toHaveProperty('definition');
});
