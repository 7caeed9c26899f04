/**
 * Tells the place in its part of a record that is still there, by its index among those that are: the places of
 * rejected records are taken out of the part, not out of the counting.
 */
export function positionsLeft(taken: readonly (number | null)[]): (index: number) => number {
  const places = taken.filter((place) => place !== null).toSorted((a, b) => a - b);
  return (index) => {
    let position = index;
    for (const place of places) {
      if (place > position) break;
      position += 1;
    }
    return position;
  };
}
