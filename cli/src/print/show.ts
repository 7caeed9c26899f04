import { colours as pc } from './colours.ts';

/** A count with its thousands apart. */
export function showCount(count: number): string {
  return count.toLocaleString('en');
}

/** A count with what is counted, whose name takes an s for all but one. */
export function showCounted(count: number, one: string): string {
  return `${showCount(count)} ${one}${count === 1 ? '' : 's'}`;
}

/** A length of time in its largest two units. */
export function showDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const units = [
    { name: 'd', seconds: 86_400 },
    { name: 'h', seconds: 3_600 },
    { name: 'min', seconds: 60 },
    { name: 's', seconds: 1 },
  ];
  const whole = Math.round(seconds);
  const first = units.findIndex((unit) => whole >= unit.seconds);
  const [large, small] = units.slice(first);
  if (!large) return `${whole} s`;
  const rest = small ? Math.floor((whole % large.seconds) / small.seconds) : 0;
  return `${Math.floor(whole / large.seconds)} ${large.name}${small && rest > 0 ? ` ${rest} ${small.name}` : ''}`;
}

/** An instant without its fraction, as people read it. */
export function showInstant(iso: string | null): string {
  return iso === null ? '–' : iso.replace('T', ' ').replace(/(\.\d+)?Z$/, 'Z');
}

/** The status of a run or of a collector, in the colour of its kind. */
export function showStatus(status: string | null): string {
  switch (status) {
    case null:
      return '–';
    case 'success':
    case 'ready':
    case 'accepted':
      return pc.green(status);
    case 'failed':
    case 'invalid':
    case 'blocked':
    case 'refused':
      return pc.red(status);
    case 'partial':
    case 'cancelled':
    case 'paused':
    case 'disabled':
      return pc.yellow(status);
    default:
      return pc.cyan(status);
  }
}
