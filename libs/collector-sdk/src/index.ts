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
export { checkDefinition, listMistakes } from './check.ts';
export type { Mistake } from './check.ts';
export { defineCollector } from './define.ts';
export { readYamlDefinition } from './load-yaml.ts';
export type { YamlReading } from './load-yaml.ts';
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
export { cutAnswer } from './answer/cut-answer.ts';
export type { CutAnswer, TextPart } from './answer/cut-answer.ts';
export { memberValue, nextPlace, skipBlanks, stringEnd, valueEnd } from './answer/json-bytes.ts';
export { foundIds } from './answer/found-ids.ts';
export { readPage } from './answer/read-page.ts';
export { noRecords, readContent } from './answer/read-content.ts';
export { recordKeys } from './answer/record-keys.ts';
export type { PageContent, PageRefusal } from './answer/read-page.ts';
export type { OutgoingRequest } from './auth/authorize.ts';
export { Credentials } from './auth/credentials.ts';
export type { Grant, Renewal } from './auth/credentials.ts';
export { readSecrets, Secrets } from './auth/secrets.ts';
export type { Secret } from './auth/secrets.ts';
export { judgeAnswer, judgeFailure } from './http/judge-answer.ts';
export type { Refusal, Special } from './http/judge-answer.ts';
export { createGuardedAgent, createGuardedLookup, isRefusedAddress } from './http/guarded-agent.ts';
export { conditionOf, validatorsOf } from './http/validators.ts';
export type { Condition } from './http/validators.ts';
export { sendRequest } from './http/send-request.ts';
export type { HttpAnswer, HttpFailure, SendOptions } from './http/send-request.ts';
export { boundOf } from './paginate/bound.ts';
export { seenValues } from './paginate/seen-values.ts';
export type { AskedMoment } from './paginate/bound.ts';
export { nextPlaces } from './paginate/next-places.ts';
export type { NextPlaces, TooDeep } from './paginate/next-places.ts';
export type { AnswerHead, PageRead } from './paginate/page-read.ts';
export type { PageTrouble } from './paginate/trouble.ts';
export { saysTooMany, splitOf, splitPlace } from './paginate/split-window.ts';
export type { Split } from './paginate/split-window.ts';
export { budgetKey, declaredEntity } from './rate/budget-key.ts';
export { readRateBody } from './rate/read-rate-body.ts';
export { readRateHeaders } from './rate/read-rate-headers.ts';
export type { RateTold } from './rate/rate-told.ts';
export { spacingOf } from './rate/spacing.ts';
export type { Spacing } from './rate/spacing.ts';
export { askedRange } from './request/asked-range.ts';
export { compileRequest, templateValues } from './request/build-request.ts';
export type { BuildRequest } from './request/build-request.ts';
export { variablesOf } from './request/template.ts';
export { locateMistakes } from './yaml/locate-mistakes.ts';
export type { LocatedMistake } from './yaml/locate-mistakes.ts';
export { writeYaml } from './yaml/write-yaml.ts';
export { compileQuery } from './postgres/compiled-query.ts';
export type { CompiledQuery } from './postgres/compiled-query.ts';
export type { Connection } from './postgres/connection.ts';
export { oneStatement } from './postgres/one-statement.ts';
export type { OneStatement } from './postgres/one-statement.ts';
export { readDatabaseAddress } from './postgres/database-address.ts';
export type { DatabaseAddress } from './postgres/database-address.ts';
export { judgeDatabaseError } from './postgres/judge-database-error.ts';
export { beginStatement, readRows } from './postgres/read-rows.ts';
export type { RowsPage } from './postgres/read-rows.ts';
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
