/** PostgreSQL cuts longer names. */
const LONGEST = 63;

/**
 * A name for a column that nobody has yet, made of any text: lower-case letters, digits and underscores, numbered where it
 * is taken.
 */
export function columnName(wanted: string, taken: ReadonlySet<string>): string {
  const plain = wanted
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  const base = /^[a-z]/.test(plain) ? plain : `field_${plain}`.replace(/_$/, '');
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : `_${number}`;
    const name = `${base.slice(0, LONGEST - suffix.length)}${suffix}`;
    if (!taken.has(name)) return name;
  }
}

/** The name that a variant of a column would like to have. */
export function variantName(column: string, type: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const suffix = `__${type}${number === 1 ? '' : `_${number}`}`;
    const name = `${column.slice(0, LONGEST - suffix.length)}${suffix}`;
    if (!taken.has(name)) return name;
  }
}
