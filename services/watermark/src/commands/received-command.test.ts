import { expect, test } from 'vitest';
import { commandIdOf } from './received-command.ts';
import { messageTriggerId, tickTriggerId } from './trigger-id.ts';

const one = '11111111-1111-4111-8111-111111111111';
const two = '22222222-2222-4222-8222-222222222222';

test.each<[string | undefined, string, string]>([
  [one, '{}', one],
  [one.toUpperCase(), '{}', one],
  [one, JSON.stringify({ commandId: two }), one],
  [undefined, JSON.stringify({ commandId: two }), two],
  ['not an id', '{}', 'derived'],
  [undefined, '{"commandId": "nonsense"}', 'derived'],
  [undefined, '{"commandId": 7}', 'derived'],
  [undefined, 'not json', 'derived'],
  [undefined, 'null', 'derived'],
])('header %s and payload %s give the id %s', (header, payload, id) => {
  expect(commandIdOf(header, payload, 'derived')).toBe(id);
});

test('a message decides the same id each time it is delivered, and no other message the same', () => {
  const message = { stream: 'COMMANDS', streamSeq: 1, publishedAtUs: '1700000000000000' };

  expect(messageTriggerId({ ...message })).toBe(messageTriggerId(message));
  const others = [
    messageTriggerId({ ...message, streamSeq: 2 }),
    messageTriggerId({ ...message, publishedAtUs: '1700000000000001' }),
    tickTriggerId('things', 1_700_000_000_000),
    tickTriggerId('others', 1_700_000_000_000),
  ];
  expect(new Set([messageTriggerId(message), ...others]).size).toBe(5);
});
