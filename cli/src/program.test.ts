import { describe, expect, test } from 'vitest';
import release from '../package.json' with { type: 'json' };
import { runInTest } from '../test/run-in-test.ts';

describe('wrong usage is told before anything is asked of a server: exit code 2', () => {
  test.each([
    ['no collector', ['run'], "missing required argument 'collector'"],
    ['an option that there is not', ['run', 'orders', '--fast'], "unknown option '--fast'"],
    ['a mode that there is not', ['run', 'orders', '--mode', 'everything'], "'everything'"],
    ['a name that no collector can have', ['run', 'Not A Name'], '"Not A Name" is no name'],
    ['a moment that is none', ['run', 'orders', '--from', 'yesterday'], 'window.from: a date'],
    ['a partition without a value', ['run', 'orders', '--partition', 'shop'], 'key=value'],
    ['a command that there is not', ['explode'], "unknown command 'explode'"],
  ])('%s', async (_what, args, says) => {
    const { code, out, err } = await runInTest(args, {});

    expect(err).toContain(says);
    expect(err).not.toMatch(/\n\s+at /);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });
});

test.each([['--version'], ['-V']])('%s prints the version, and asks nobody', async (option) => {
  const { code, out, err } = await runInTest([option], {});

  expect(out).toBe(`${release.version}\n`);
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect({ code, err }).toEqual({ code: 0, err: '' });
});

test('what is understood asks for a server: exit code 1 when none is known', async () => {
  const { code, out, err } = await runInTest(['run', 'orders'], {});

  expect(err).toMatch(/^CONFIG_INVALID: No DATABASE_URL is set/);
  expect({ code, out }).toEqual({ code: 1, out: '' });
});
