import { expect, test } from 'vitest';
import { mayPass } from './passable.ts';

const user = { uid: 101, gid: 104 };

test.each([
  [{ mode: 0o700, uid: 0, gid: 0 }, false],
  [{ mode: 0o755, uid: 0, gid: 0 }, true],
  [{ mode: 0o711, uid: 0, gid: 0 }, true],
  [{ mode: 0o750, uid: 0, gid: 104 }, true],
  [{ mode: 0o705, uid: 0, gid: 104 }, false],
  [{ mode: 0o700, uid: 101, gid: 0 }, true],
  [{ mode: 0o077, uid: 101, gid: 104 }, false],
])('a user may pass %j: %s', (folder, expected) => {
  expect(mayPass(user, folder)).toBe(expected);
});
