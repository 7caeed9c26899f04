export type { Fault } from './server/faults.ts';
export type { ServerControl, ServerOptions, Simulator } from './server/start-server.ts';
export type { LoggedRequest, PathStats, Stats } from './server/stats.ts';
export type { DatabaseId, IndicatorCode } from './world-bank/indicators.ts';
export { startWorldBank } from './world-bank/start-world-bank.ts';
export type { WorldBankOptions, WorldBankSimulator } from './world-bank/start-world-bank.ts';
export type { ChangeSelection, Observation } from './world-bank/world-bank-content.ts';
export type { WorldBankControl } from './world-bank/world-bank-control.ts';
export type { UpdatedAfterBound } from './usgs/find-events.ts';
export type { Feature, FeatureProperties } from './usgs/read-earthquakes.ts';
export { startUsgs } from './usgs/start-usgs.ts';
export type { UsgsOptions, UsgsSimulator } from './usgs/start-usgs.ts';
export type { LateEvents } from './usgs/usgs-content.ts';
export type { UsgsControl } from './usgs/usgs-control.ts';
export { generateRecords } from './records/generate-records.ts';
export type { GenerateOptions } from './records/generate-records.ts';
export type { GivenRecord } from './records/record-row.ts';
export { startRecords } from './records/start-records.ts';
export type { RecordsControl, RecordsOptions, RecordsSimulator } from './records/start-records.ts';
export { startClientOrders } from './client-orders/start-client-orders.ts';
export type {
  ClientOrdersOptions,
  ClientOrdersSimulator,
} from './client-orders/start-client-orders.ts';
export type { ClientOrdersControl } from './client-orders/client-orders-control.ts';
export { startGithubIssues } from './github-issues/start-github-issues.ts';
export type {
  GithubIssuesOptions,
  GithubIssuesSimulator,
} from './github-issues/start-github-issues.ts';
export type { Issue } from './github-issues/github-content.ts';
export type { GithubControl } from './github-issues/github-control.ts';
export { startSlidingWindow } from './sliding-window/start-sliding-window.ts';
export type {
  Arrival,
  SlidingWindow,
  SlidingWindowOptions,
} from './sliding-window/start-sliding-window.ts';
export { startOpenMeteo } from './open-meteo/start-open-meteo.ts';
export type {
  OpenMeteoControl,
  OpenMeteoOptions,
  OpenMeteoSimulator,
} from './open-meteo/start-open-meteo.ts';
export { startSportmonks } from './sportmonks/start-sportmonks.ts';
export type { SportmonksOptions, SportmonksSimulator } from './sportmonks/start-sportmonks.ts';
export type { Fixture, Match, Season } from './sportmonks/sportmonks-content.ts';
export type { SportmonksControl } from './sportmonks/sportmonks-control.ts';
export { startBcbSgs } from './bcb-sgs/start-bcb-sgs.ts';
export type { BcbSgsControl, BcbSgsOptions, BcbSgsSimulator } from './bcb-sgs/start-bcb-sgs.ts';
export type { SgsValue } from './bcb-sgs/sgs-content.ts';
