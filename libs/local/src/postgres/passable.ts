import { existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ServerUser } from './server-user.ts';

interface FolderMode {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Tells whether a user may pass through one folder, by its owner, group and mode bits. */
export function mayPass(user: ServerUser, folder: FolderMode): boolean {
  if (folder.uid === user.uid) return (folder.mode & 0o100) !== 0;
  if (folder.gid === user.gid) return (folder.mode & 0o010) !== 0;
  return (folder.mode & 0o001) !== 0;
}

/** Tells whether a user can reach a path through all the folders above it, as far as they exist. */
export function isReachable(user: ServerUser, path: string): boolean {
  const parent = dirname(resolve(path));
  const isPassable = !existsSync(parent) || mayPass(user, statSync(parent));
  return isPassable && (parent === '/' || isReachable(user, parent));
}
