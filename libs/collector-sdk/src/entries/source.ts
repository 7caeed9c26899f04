export { cutAnswer } from '../answer/cut-answer.ts';
export type { CutAnswer, TextPart } from '../answer/cut-answer.ts';
export { foundIds } from '../answer/found-ids.ts';
export { readPage } from '../answer/read-page.ts';
export { noRecords, readContent } from '../answer/read-content.ts';
export { recordKeys } from '../answer/record-keys.ts';
export type { PageContent, PageRefusal } from '../answer/read-page.ts';
export type { OutgoingRequest } from '../auth/authorize.ts';
export { Credentials } from '../auth/credentials.ts';
export type { Grant, Renewal } from '../auth/credentials.ts';
export { readSecrets, Secrets } from '../auth/secrets.ts';
export type { Secret } from '../auth/secrets.ts';
export { judgeAnswer, judgeFailure } from '../http/judge-answer.ts';
export type { Refusal, Special } from '../http/judge-answer.ts';
export {
  createGuardedAgent,
  createGuardedLookup,
  isRefusedAddress,
} from '../http/guarded-agent.ts';
export { conditionOf, validatorsOf } from '../http/validators.ts';
export type { Condition } from '../http/validators.ts';
export { sendRequest } from '../http/send-request.ts';
export type { HttpAnswer, HttpFailure, SendOptions } from '../http/send-request.ts';
export { boundOf } from '../paginate/bound.ts';
export { seenValues } from '../paginate/seen-values.ts';
export type { AskedMoment } from '../paginate/bound.ts';
export { nextPlaces } from '../paginate/next-places.ts';
export type { NextPlaces, TooDeep } from '../paginate/next-places.ts';
export type { AnswerHead, PageRead } from '../paginate/page-read.ts';
export type { PageTrouble } from '../paginate/trouble.ts';
export { saysTooMany, splitOf, splitPlace } from '../paginate/split-window.ts';
export type { Split } from '../paginate/split-window.ts';
export { budgetKey, declaredEntity } from '../rate/budget-key.ts';
export { readRateBody } from '../rate/read-rate-body.ts';
export { readRateHeaders } from '../rate/read-rate-headers.ts';
export type { RateTold } from '../rate/rate-told.ts';
export { askedRange } from '../request/asked-range.ts';
export { compileRequest, templateValues } from '../request/build-request.ts';
export type { BuildRequest } from '../request/build-request.ts';
export { variablesOf } from '../request/template.ts';
export { compileQuery } from '../postgres/compiled-query.ts';
export type { CompiledQuery } from '../postgres/compiled-query.ts';
export type { Connection } from '../postgres/connection.ts';
export { readDatabaseAddress } from '../postgres/database-address.ts';
export type { DatabaseAddress } from '../postgres/database-address.ts';
export { judgeDatabaseError } from '../postgres/judge-database-error.ts';
export { beginStatement, readRows } from '../postgres/read-rows.ts';
export type { RowsPage } from '../postgres/read-rows.ts';
