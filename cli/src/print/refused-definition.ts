/** What becomes of a collector whose newest definition is not taken: only with a last good revision it still runs. */
export function refusedDefinition({ revision }: { readonly revision: string | null }): string {
  const refused = 'cannot be used as it is';
  return revision === null ? refused : `${refused}; runs go on with the last good one`;
}
