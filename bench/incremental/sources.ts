import { startBcbSgsSource } from './bcb-sgs.ts';
import { startClientOrdersSource } from './client-orders.ts';
import { startConversations, startHistory } from './databases.ts';
import { startGithubSource } from './github.ts';
import type { MeasuredSource } from './measured-source.ts';
import { startOpenMeteoSource } from './open-meteo.ts';
import { startSportmonksSource } from './sportmonks.ts';
import { startUsgsSource } from './usgs.ts';
import { startWorldBankSource } from './world-bank.ts';

/** A source that can be started, and the built-in collectors that read it. */
export interface SourceChoice {
  readonly collectors: readonly string[];
  /** Takes the server on which databases that are sources are made. */
  readonly start: (serverUrl: string) => Promise<MeasuredSource>;
}

/** The source of every built-in collector. */
export const sourceChoices: readonly SourceChoice[] = [
  { collectors: ['world-bank'], start: startWorldBankSource },
  { collectors: ['usgs-earthquakes'], start: startUsgsSource },
  { collectors: ['bcb-sgs'], start: startBcbSgsSource },
  {
    collectors: ['sportmonks-seasons', 'sportmonks-fixtures', 'sportmonks-details'],
    start: startSportmonksSource,
  },
  { collectors: ['github-issues'], start: startGithubSource },
  { collectors: ['open-meteo'], start: startOpenMeteoSource },
  { collectors: ['client-orders'], start: startClientOrdersSource },
  { collectors: ['postgres-conversations'], start: startConversations },
  { collectors: ['pgbench-history'], start: startHistory },
];
