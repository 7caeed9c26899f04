export * from './definition/definition.ts';
export { Cursor } from './definition/cursor.ts';
export { CursorFormat } from './definition/cursor-format.ts';
export { Incremental } from './definition/incremental.ts';
export { Paginate } from './definition/paginate.ts';
export { HttpRequest, Request, SqlRequest } from './definition/request.ts';
export { HttpSource, PostgresSource, Source } from './definition/source.ts';
export { Field, fieldTypes, Target } from './definition/target.ts';
export { Duration, Identifier, Path } from './definition/words.ts';
export * from './target-shape.ts';
export {
  cursorToDigits,
  digitsToCursor,
  durationToMicros,
  durationToMs,
  floorDigits,
  parseCursor,
} from './cursor-format.ts';
export type { CursorNotation } from './cursor-format.ts';
export { canonicalJson } from './canonical-json.ts';
export { checkDefinition, listMistakes } from './check.ts';
export type { Mistake } from './check.ts';
export { defineCollector } from './define.ts';
export { readYamlDefinition } from './load-yaml.ts';
export type { YamlReading } from './load-yaml.ts';
export { partitionKey, revisionOf } from './revision.ts';
export { planRun, selectPartitions } from './incremental/plan-run.ts';
export type {
  ItemState,
  PartitionState,
  Plan,
  PlanInput,
  PlannedChunk,
  PlannedWatermark,
  PlanRequest,
} from './incremental/plan.ts';
export { dayOf, daysOf } from './calendar.ts';
export { isRawJson, rawJson } from './answer/raw-json.ts';
export type { RawJson } from './answer/raw-json.ts';
export { parseExact } from './answer/parse-exact.ts';
export { lookUp, textOf } from './answer/look-up.ts';
export { cutBytes, cutParts, MAX_RECORD_BYTES } from './answer/cut-parts.ts';
export type { Part } from './answer/cut-parts.ts';
export { cutAnswer } from './answer/cut-answer.ts';
export type { CutAnswer, TextPart } from './answer/cut-answer.ts';
export { memberValue, nextPlace, skipBlanks, stringEnd, valueEnd } from './answer/json-bytes.ts';
export { readPage } from './answer/read-page.ts';
export type { PageContent, PageRefusal } from './answer/read-page.ts';
export { authorize } from './auth/authorize.ts';
export type { OutgoingRequest } from './auth/authorize.ts';
export { readSecrets, Secrets } from './auth/secrets.ts';
export type { Secret } from './auth/secrets.ts';
export { judgeAnswer, judgeFailure } from './http/judge-answer.ts';
export type { Refusal } from './http/judge-answer.ts';
export { sendRequest } from './http/send-request.ts';
export type { HttpAnswer, HttpFailure, SendOptions } from './http/send-request.ts';
export { boundOf } from './paginate/bound.ts';
export type { AskedMoment } from './paginate/bound.ts';
export { nextPlaces } from './paginate/next-places.ts';
export type { NextPlaces, PageLoop } from './paginate/next-places.ts';
export { saysTooMany, splitOf, splitPlace } from './paginate/split-window.ts';
export type { Split } from './paginate/split-window.ts';
export type { PageRead } from './paginate/steps.ts';
export { compileRequest, templateValues } from './request/build-request.ts';
export type { BuildRequest } from './request/build-request.ts';
export { variablesOf } from './request/template.ts';
export { locateMistakes } from './yaml/locate-mistakes.ts';
export type { LocatedMistake } from './yaml/locate-mistakes.ts';
export { writeYaml } from './yaml/write-yaml.ts';
