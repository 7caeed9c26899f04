export { readYamlDefinition } from '../load-yaml.ts';
export type { YamlReading } from '../load-yaml.ts';
export { locateMistakes } from '../yaml/locate-mistakes.ts';
export type { LocatedMistake } from '../yaml/locate-mistakes.ts';
export { writeYaml } from '../yaml/write-yaml.ts';
