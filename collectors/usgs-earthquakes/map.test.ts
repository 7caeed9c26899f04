import { expect, test } from 'vitest';
import { usgsEarthquake } from './map.ts';

test.each([
  [',ci37868143,', ['ci37868143']],
  [',us1,ci2,', ['us1', 'ci2']],
  [',,', []],
  [null, null],
  [undefined, undefined],
])('the list %j becomes %j', (ids, expected) => {
  const record = { id: 'x', properties: { ids, mag: 1.5 } };

  const mapped = usgsEarthquake(record);

  expect(mapped['properties']).toMatchObject({ mag: 1.5 });
  expect((mapped['properties'] as Record<string, unknown>)['ids']).toEqual(expected);
  expect(record.properties.ids).toBe(ids);
});

test('a record without properties stays as it is', () => {
  expect(usgsEarthquake({ id: 'x' })).toEqual({ id: 'x' });
});
