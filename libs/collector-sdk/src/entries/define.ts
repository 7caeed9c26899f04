export { checkDefinition, listMistakes } from '../check.ts';
export type { Mistake } from '../check.ts';
export { defineCollector } from '../define.ts';
