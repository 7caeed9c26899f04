export * from './definition/definition.ts';
export { Cursor } from './definition/cursor.ts';
export { Periods } from './definition/periods.ts';
export { Token } from './definition/token.ts';
export { CursorFormat, dayFormats } from './definition/cursor-format.ts';
export { Incremental } from './definition/incremental.ts';
export { PartitionSet, Partitions } from './definition/partitions.ts';
export { Snapshot } from './definition/snapshot.ts';
export { Worklist } from './definition/worklist.ts';
export { Paginate } from './definition/paginate.ts';
export type { Told } from './definition/paginate.ts';
export { HttpRequest, Request, SqlRequest } from './definition/request.ts';
export { HttpSource, PostgresSource, Source } from './definition/source.ts';
export { Child, Contract, Field, fieldTypes, Target } from './definition/target.ts';
export { childrenOf } from './children.ts';
export type { ChildTable } from './children.ts';
export { Duration, Identifier, Path } from './definition/words.ts';
export { periodNamed } from './incremental/period-keys.ts';
export * from './target-shape.ts';
export {
  cursorToDigits,
  digitsToCursor,
  durationToMicros,
  durationToMs,
  floorDigits,
  formatDay,
  isDayFormat,
  parseCursor,
  parseDays,
} from './cursor-format.ts';
export type { CursorNotation, DayFormat } from './cursor-format.ts';
export { canonicalJson } from './canonical-json.ts';
export { hasJobs, jobOf, jobsOf } from './jobs.ts';
export type { Job } from './jobs.ts';
export { partitionKey, revisionOf } from './revision.ts';
export { planRun } from './incremental/plan-run.ts';
export {
  combinePartitions,
  listPartitions,
  partitionKeys,
  selectPartitions,
} from './incremental/partitions.ts';
export type { PartitionRows } from './incremental/partitions.ts';
export type {
  ItemState,
  ListedId,
  PartitionState,
  Plan,
  PlanInput,
  PlannedChunk,
  PlannedFinal,
  PlannedSweep,
  PlannedWatermark,
  PlanRequest,
} from './incremental/plan.ts';
export { dayOf, daysOf } from './calendar.ts';
export { instantOf, isZone, localTime } from './zone.ts';
export type { WindowEnd } from './zone.ts';
export { isRawJson, rawJson } from './answer/raw-json.ts';
export type { RawJson } from './answer/raw-json.ts';
export { parseExact } from './answer/parse-exact.ts';
export { lookUp, textOf } from './answer/look-up.ts';
export { cutBytes, cutParts, MAX_RECORD_BYTES } from './answer/cut-parts.ts';
export type { Part } from './answer/cut-parts.ts';
export { memberValue, nextPlace, skipBlanks, stringEnd, valueEnd } from './answer/json-bytes.ts';
export { spacingOf } from './rate/spacing.ts';
export type { Spacing } from './rate/spacing.ts';
export { oneStatement } from './postgres/one-statement.ts';
export type { OneStatement } from './postgres/one-statement.ts';
export { compileMapping } from './mapping/map-records.ts';
export { isAbsent } from './mapping/columns/absent.ts';
export { copyText, NULL_TEXT } from './mapping/columns/copy-text.ts';
export type {
  MapRecords,
  MapTexts,
  MappedRecords,
  MappedTexts,
  RecordFunction,
} from './mapping/map-records.ts';
export { compileTextMapping } from './mapping/map-texts.ts';
