import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SourceUrls } from './start-simulators.ts';

/** Writes the built-in collectors anew for the simulators: other addresses, small pages, the years that the data has. */
export function writeDefinitions(folder: string, urls: SourceUrls): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'world-bank.yaml'), worldBank(urls.worldBankUrl));
  writeFileSync(join(folder, 'usgs-earthquakes.yaml'), usgs(urls.usgsUrl));
}

function worldBank(baseUrl: string): string {
  return `# The built-in collector, but for what stands here.
extends: world-bank
source:
  baseUrl: ${baseUrl}
  rate: { requests: 60, per: 1s, burst: 8 }
  retryDelay: 100ms
paginate:
  size: { param: per_page, value: 100 }
incremental:
  from: '1955'
  to: '2005'
`;
}

function usgs(baseUrl: string): string {
  return `# The built-in collector, but for what stands here.
extends: usgs-earthquakes
source:
  baseUrl: ${baseUrl}
  rate: { requests: 60, per: 1s, burst: 8 }
paginate:
  size: { param: limit, value: 30 }
incremental:
  start: '2018-01-30'
  split:
    start: '2018-01-30'
`;
}
