import { expect, it } from 'vitest';
import { positionsLeft } from './part-positions.ts';

it.each([
  [[], [0, 1, 2]],
  [[0], [1, 2, 3]],
  [
    [1, 2],
    [0, 3, 4],
  ],
  [
    [3, 0, null],
    [1, 2, 4],
  ],
])('counts around the places that were taken: %j', (taken, positions) => {
  expect([0, 1, 2].map(positionsLeft(taken))).toEqual(positions);
});
