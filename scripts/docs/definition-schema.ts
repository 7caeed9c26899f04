import { Definition } from '@tidemark/collector-sdk';
import { z } from 'zod';
import { addDescriptions } from './definition-descriptions.ts';
import { formatJson } from './format-json.ts';
import { toDifference } from './schema-difference.ts';

type Schema = z.core.JSONSchema.BaseSchema;

/** The text of `docs/definition.schema.json`: what editors know of a definition in YAML. */
export function definitionSchema(): string {
  // Editors of YAML know draft 7 best.
  const whole = z.toJSONSchema(Definition, {
    target: 'draft-7',
    io: 'input',
    reused: 'inline',
    override: ({ jsonSchema }) => leaveOutNoise(jsonSchema),
  });
  const { $schema, ...definition } = whole;
  addDescriptions(definition);
  return formatJson({
    $schema,
    title: 'Definition of a collector',
    $comment: 'Made by `npm run docs` from libs/collector-sdk/src/definition; do not edit.',
    type: 'object',
    if: { required: ['extends'] },
    // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema; nobody awaits this object
    then: { $ref: '#/definitions/difference' },
    else: { $ref: '#/definitions/definition' },
    definitions: { definition, difference: withExtends(toDifference(definition)) },
  });
}

function withExtends(difference: Schema): Schema {
  const name: Schema = {
    type: 'string',
    description: 'Name of the built-in collector that this file changes or that it begins from.',
  };
  return {
    ...difference,
    properties: { extends: name, ...difference.properties },
    required: ['extends'],
  };
}

/** Bounds that every number of JSON has, and a format that only zod knows. */
function leaveOutNoise(schema: Schema): void {
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (schema.format === 'starts_with') delete schema.format;
}
