import { commandVerbs } from '@tidemark/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeCommands, QueuedCommand } from './queued-command.ts';
import { readCommand } from './read-command.ts';
import { commandIdOf } from './received-command.ts';

/** Any UTF-16 at all, halves of pairs included. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 30 })
  .map((codes) => String.fromCharCode(...codes));

const verb = fc.oneof(
  fc.constantFrom(...commandVerbs),
  fc.constantFrom('', '__proto__', 'constructor', 'toString', 'RUN'),
  fc.string(),
);

const moment = fc.constantFrom(
  '2024-01-31',
  '2024-01-31T12:00:00Z',
  '-5',
  '2024-13-99',
  'soon',
  '',
);
const uuid = fc.oneof(fc.uuid(), fc.string());

/** Parameters of all verbs, good ones and others, and some that there are not. */
const parameters = fc.record(
  {
    mode: fc.constantFrom('incremental', 'full', 'backfill', 'replay', ''),
    partition: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.constant({ shop: 'a' })),
    window: fc.record({ from: moment, to: moment }, { requiredKeys: [] }),
    maxChunks: fc.oneof(fc.integer(), fc.double(), fc.constant('3')),
    maxRecords: fc.oneof(fc.maxSafeNat(), fc.constant(2 ** 60)),
    runId: uuid,
    parentRunId: uuid,
    commandId: uuid,
    chunks: fc.array(fc.integer()),
    continue: fc.oneof(fc.boolean(), uuid),
    clearCheckpoint: fc.boolean(),
    rehearse: fc.boolean(),
    overlap: fc.constantFrom('skip', 'queue', 'cancel', 'x'),
    all: fc.boolean(),
    to: moment,
    triggeredBy: fc.string({ maxLength: 200 }),
    unknown: fc.jsonValue(),
  },
  { requiredKeys: [] },
);

const payload = fc.oneof(
  parameters.map((each) => JSON.stringify(each)),
  fc.json(),
  anyText,
);

test('any payload is a command that reads the same again, or has reasons why it is none', () => {
  fc.assert(
    fc.property(verb, payload, (name, text) => {
      const reading = readCommand(name, text);
      if ('reasons' in reading) {
        expect(reading.reasons.length).toBeGreaterThan(0);
        for (const reason of reading.reasons) expect(reason).toMatch(/^COMMAND_INVALID: ./);
        return;
      }
      const again = readCommand(name, JSON.stringify(reading.command));
      expect(again).toEqual(reading);
    }),
    { numRuns: 1_000 },
  );
});

test('whatever a command names as its id, it is answered under a UUID', () => {
  const trigger = '6d1f3b62-2f0c-5c1e-9a55-0d5f2c7be8a1';
  fc.assert(
    fc.property(fc.option(uuid, { nil: undefined }), payload, (header, text) => {
      expect(commandIdOf(header, text, trigger)).toMatch(
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      );
    }),
  );
});

test('one command for two asks for at least what each of them asks for', () => {
  const shop = fc.constantFrom(undefined, { shop: 'a' }, { shop: 'b' });
  const queued = fc
    .record({ mode: fc.constantFrom('incremental', 'full'), shop })
    .map(({ mode, shop: of }) =>
      QueuedCommand.parse({
        runClass: 'live',
        mode,
        triggeredBy: 'x',
        ...(of && { partition: of }),
      }),
    );
  fc.assert(
    fc.property(queued, queued, (waiting, later) => {
      const merged = mergeCommands(waiting, later);
      expect(merged).toBeDefined();
      for (const each of [waiting, later]) {
        expect([each.mode, 'full']).toContain(merged?.mode);
        if (merged?.partition) expect(each.partition).toEqual(merged.partition);
      }
    }),
  );
});
