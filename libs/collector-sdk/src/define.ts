import { TerminalError } from '@tidemark/runtime';
import { checkDefinition, listMistakes } from './check.ts';
import type {
  Definition,
  DefinitionInput,
  HttpDefinition,
  HttpDefinitionInput,
} from './definition/definition.ts';

/** A definition with its defaults filled in; throws with every mistake at once. */
export function defineCollector(input: HttpDefinitionInput): HttpDefinition;
export function defineCollector(input: DefinitionInput): Definition;
export function defineCollector(input: DefinitionInput): Definition {
  // Whether the function exists is known to the registry only, which is checked when it is registered.
  const name = input.transform?.function;
  const named = name === undefined ? [] : [name];
  const checked = checkDefinition(input, named);
  if ('mistakes' in checked) {
    throw new TerminalError(
      'DEFINITION_INVALID',
      `the definition of "${input.name}" has mistakes: ${listMistakes(checked.mistakes)}`,
    );
  }
  return checked.definition;
}
