import { type Definition, revisionOf } from '@tidemark/collector-sdk';

export type Origin = 'built-in' | 'file';

interface Registered {
  readonly name: string;
  readonly revision: string | null;
}

/**
 * Where the definition of a collector comes from: a built-in one has the content of this release. Null when nothing of
 * it was ever valid and it has the name of a built-in.
 */
export function originOf(
  { name, revision }: Registered,
  builtIns: readonly Definition[],
): Origin | null {
  const builtIn = builtIns.find((definition) => definition.name === name);
  if (!builtIn) return 'file';
  if (revision === null) return null;
  return revisionOf(builtIn) === revision ? 'built-in' : 'file';
}
