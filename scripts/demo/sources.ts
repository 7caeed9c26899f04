import { z } from 'zod';
import type { SourceUrls } from './start-simulators.ts';

export interface SourceCounts {
  readonly requests: number;
  readonly records: number;
}

const Stats = z.object({ requests: z.number(), records: z.number() });
const Touched = z.array(z.unknown());

/** What the demo asks and tells a simulated source beside its API. */
export interface SourceControl {
  counts(): Promise<SourceCounts>;
  /** Changes the source and tells how many of its records were touched. */
  change(name: string, args: Readonly<Record<string, unknown>>): Promise<number>;
  /** Everything the source has, as JSON text. */
  content(): Promise<string>;
}

/** The control of each collector's source, by the collector's name. */
export function controlSources(urls: SourceUrls): Readonly<Record<CollectorOfDemo, SourceControl>> {
  return {
    'world-bank': controlOf(urls.worldBankUrl),
    'usgs-earthquakes': controlOf(urls.usgsUrl),
  };
}

export const collectorsOfDemo = ['world-bank', 'usgs-earthquakes'] as const;
export type CollectorOfDemo = (typeof collectorsOfDemo)[number];

function controlOf(url: string): SourceControl {
  const ask = async (name: string, init?: RequestInit): Promise<string> => {
    const response = await fetch(`${url}/_control/${name}`, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`the simulator refused ${name}: ${text}`);
    return text;
  };
  return {
    counts: async () => Stats.parse(JSON.parse(await ask('stats'))),
    change: async (name, args) => {
      const touched = await ask(name, { method: 'POST', body: JSON.stringify(args) });
      return Touched.parse(JSON.parse(touched)).length;
    },
    content: async () => ask('content'),
  };
}
