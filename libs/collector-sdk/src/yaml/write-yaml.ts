import { stringify } from 'yaml';

/** A definition, or a part of one, as YAML that reads back as the same value. */
export function writeYaml(value: unknown): string {
  return stringify(value, { lineWidth: 100, aliasDuplicateObjects: false });
}
