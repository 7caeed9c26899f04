import type { World } from '../world/start-world.ts';
import type { Difference } from './difference.ts';

/** A service that nobody ends goes on, whatever is taken from it: each own end is a difference. */
export function checkOwnEnds({ ownEnds }: Pick<World, 'ownEnds'>): Difference[] {
  return ownEnds.map(({ replica, how, lastLine }) => ({
    where: 'own ends',
    key: replica,
    what: `ended by itself with ${how}: ${lastLine}`,
  }));
}
