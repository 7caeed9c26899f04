import { isZone } from '../zone.ts';
import type { Mistake } from './mistake.ts';

/** The zone of days and local times must be one that the runtime knows. */
export function checkZone({ zone }: { readonly zone: string }): Mistake[] {
  if (isZone(zone)) return [];
  const message = `"${zone}" is not a time zone such as America/Sao_Paulo`;
  return [{ path: 'incremental.zone', message }];
}
