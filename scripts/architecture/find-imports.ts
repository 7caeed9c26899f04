const statement = /^\s*(?:import|export)\b[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/gm;
/** Types are gone when a module is loaded; a list of them inside `import { … }` leaves the import. */
const ofValues = /^\s*(?:import|export)\s+(?!type\b)[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]/gm;
const sideEffect = /^\s*import\s+['"]([^'"]+)['"]/gm;
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Gives what a source file imports, once each: packages and relative paths. */
export function findImports(source: string): string[] {
  return matchesOf([statement, sideEffect, dynamic], source);
}

/** Gives what is loaded together with a source file: neither what only its types need nor what it imports later. */
export function findLoads(source: string): string[] {
  return matchesOf([ofValues, sideEffect], source);
}

function matchesOf(patterns: readonly RegExp[], source: string): string[] {
  const found = patterns.flatMap((pattern) =>
    [...source.matchAll(pattern)].map((match) => match[1] ?? ''),
  );
  return [...new Set(found)];
}

/** Gives the package that an import names, without the path inside it. */
export function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
