import { readFileSync } from 'node:fs';
import { checkDefinition } from '@tidemark/collector-sdk/define';
import { readYamlDefinition } from '@tidemark/collector-sdk/yaml';
import { expect, test } from 'vitest';
import { registry } from './index.ts';

const texts = [
  '../docs/collectors.md',
  './world-bank/README.md',
  './client-orders/README.md',
  './sportmonks/README.md',
].map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'));
const examples = texts.flatMap((text) =>
  [...text.matchAll(/```yaml\n([^]*?)```/g)].map(([, yaml = '']) => [yaml]),
);

test.each(examples)('the definition that is shown is valid: %s', (yaml) => {
  const read = readYamlDefinition(yaml, registry.definitions);

  expect(read).not.toHaveProperty('mistakes');
  const value = 'value' in read ? read.value : undefined;
  expect(checkDefinition(value, Object.keys(registry.functions))).toHaveProperty('definition');
});
