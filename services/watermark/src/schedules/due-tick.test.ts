import { expect, test } from 'vitest';
import { dueTick } from './due-tick.ts';

const at = (text: string): number => Date.parse(text);
const hourly = { cron: '0 * * * *', zone: 'UTC' };

test.each<
  [string, { cron: string; zone: string }, [now: string, after: string], string | undefined]
>([
  [
    'on the second',
    hourly,
    ['2024-06-15T12:00:00Z', '2024-06-15T11:30:00Z'],
    '2024-06-15T12:00:00Z',
  ],
  [
    'a while after',
    hourly,
    ['2024-06-15T12:20:00Z', '2024-06-15T11:30:00Z'],
    '2024-06-15T12:00:00Z',
  ],
  ['not before', hourly, ['2024-06-15T11:59:59.999Z', '2024-06-15T11:30:00Z'], undefined],
  ['not one that is too old', hourly, ['2024-06-15T12:20:00Z', '2024-06-15T12:00:00Z'], undefined],
  [
    'of several missed ones the last',
    hourly,
    ['2024-06-15T12:20:00Z', '2024-06-15T02:00:00Z'],
    '2024-06-15T12:00:00Z',
  ],
  [
    'in its zone',
    { cron: '0 3 * * *', zone: 'America/Sao_Paulo' },
    ['2024-06-15T06:00:30Z', '2024-06-15T05:00:00Z'],
    '2024-06-15T06:00:00Z',
  ],
  [
    'in its zone, in summer',
    { cron: '30 3 * * *', zone: 'Europe/Berlin' },
    ['2024-07-01T01:31:00Z', '2024-07-01T01:00:00Z'],
    '2024-07-01T01:30:00Z',
  ],
])('%s', (_what, schedule, [now, after], tick) => {
  const due = dueTick(schedule, { nowMs: at(now), afterMs: at(after) });

  expect(due).toBe(tick === undefined ? undefined : at(tick));
});
