export { asOwner } from './as-owner.ts';
export { Store } from './connect.ts';
export type { Queryable, StoreOptions } from './connect.ts';
export { answerInTime } from './answer-in-time.ts';
export { RecordRefusedError, translateDatabaseError, whyUnreachable } from './translate-error.ts';
export type { RunRow } from './status/run-columns.ts';
export { findRun } from './status/find-run.ts';
export { listRuns, type RunFilter } from './status/list-runs.ts';
export { listCollectorStatus, type CollectorStatusRow } from './status/list-collector-status.ts';
export type { CommandRow } from './status/command-row.ts';
export { findCommand } from './status/find-command.ts';
export { beatTimeline, type Beat, type Restore } from './timeline/beat-timeline.ts';
export { listRestores, type RestoreRow } from './timeline/list-restores.ts';
export { listRefusedCommands } from './status/list-refused-commands.ts';
export { findCollector } from './collectors/find-collector.ts';
export type { CollectorRow } from './collectors/find-collector.ts';
export { findLastCursor } from './collectors/find-last-cursor.ts';
export { listDefinitionsInUse } from './collectors/list-definitions-in-use.ts';
export type { DefinitionInUse } from './collectors/list-definitions-in-use.ts';
export { registerCollector } from './collectors/register-collector.ts';
export { reportCollector } from './collectors/report-collector.ts';
export { setRateLimit } from './collectors/set-rate-limit.ts';
export { cancelRun } from './runs/cancel-run.ts';
export { closeRun } from './runs/close-run.ts';
export { describePlan } from './runs/describe-plan.ts';
export { findRunState } from './runs/find-run-state.ts';
export { insertRun } from './runs/insert-run.ts';
export { listActiveRuns } from './runs/list-active-runs.ts';
export { lockRunsOf } from './runs/lock-runs-of.ts';
export { readClock } from './runs/read-clock.ts';
export type { RunState } from './runs/run-state.ts';
export { insertChunks } from './chunks/insert-chunks.ts';
export type { NewChunk } from './chunks/insert-chunks.ts';
export { listQuietChunks } from './chunks/list-quiet-chunks.ts';
export { listActiveChunks } from './chunks/list-active-chunks.ts';
export type { OpenChunk } from './chunks/open-chunk.ts';
export { takeOverChunks, type TakeOver } from './chunks/take-over-chunks.ts';
export { clearCheckpoints } from './runs/clear-checkpoints.ts';
export type { EarlierRun } from './runs/earlier-run.ts';
export { endLimitedRun } from './runs/end-limited-run.ts';
export { findCheckpoint } from './runs/find-checkpoint.ts';
export { findEarlierRun } from './runs/find-earlier-run.ts';
export { pauseRun } from './runs/pause-run.ts';
export { resumeRun } from './runs/resume-run.ts';
export { findCommandResult } from './status/find-command-result.ts';
export { findPageHistory, type PageHistory } from './status/find-page-history.ts';
export { listUnreportedRehearsals, type Rehearsal } from './runs/list-unreported-rehearsals.ts';
export { saveReport } from './runs/save-report.ts';
export { listStatePartitions } from './watermarks/list-state-partitions.ts';
export { resetWatermarks, type WatermarkReset } from './watermarks/reset-watermarks.ts';
export { findDefinition } from './collectors/find-definition.ts';
export { prune } from './upkeep/prune.ts';
export { releaseChunks } from './chunks/release-chunks.ts';
export { restartChunk } from './chunks/restart-chunk.ts';
export { answerQueuedCommands } from './commands/answer-queued-commands.ts';
export type { AnsweredCommand, CommandOutcome } from './commands/answered-command.ts';
export { findAnswer } from './commands/find-answer.ts';
export { insertCommand } from './commands/insert-command.ts';
export { listQueuedCommands } from './commands/list-queued-commands.ts';
export { mergeQueuedCommand } from './commands/merge-queued-command.ts';
export { listItems } from './items/list-items.ts';
export { expectPeriods, type ExpectedPeriod } from './items/expect-periods.ts';
export { noteFinals, type NewFinal } from './items/note-finals.ts';
export { summarizeIds, type IdSummaryRow } from './items/summarize-ids.ts';
export { forgetSweeps } from './sweeps/forget-sweeps.ts';
export { insertSweep, type NewSweep } from './sweeps/insert-sweep.ts';
export { listClosingRuns } from './sweeps/list-closing-runs.ts';
export { sweepRun, type SweptRun } from './sweeps/sweep-run.ts';
export { findCoveredUnit } from './watermarks/find-covered-unit.ts';
export { forgetEmptyWatermarks } from './watermarks/forget-empty-watermarks.ts';
export { ensureWatermarks } from './watermarks/ensure-watermarks.ts';
export { lockWatermarks } from './watermarks/lock-watermarks.ts';
export { admit } from './pages/admit.ts';
export type { AdmitInput, Admission, AdmittedPage, BudgetTold } from './pages/admit.ts';
export { recordPage } from './pages/record-page.ts';
export type { RecordPageInput, RecordedPage } from './pages/record-page.ts';
export { openBatch, type OpenBatch, type OpenedBatch } from './batches/open-batch.ts';
export {
  finishBatch,
  type BatchCounts,
  type ChildCounts,
  type CursorNotes,
  type FinishBatch,
  type LateRows,
  type FinishedBatch,
} from './batches/finish-batch.ts';
export { endBatchChunk, type ChunkEnding, type EndedChunk } from './batches/end-batch-chunk.ts';
export {
  insertDeadLetters,
  type DeadLetter,
  type DeadLetterOrigin,
} from './dead-letters/insert-dead-letters.ts';
export { insertLostMessage, type LostMessage } from './dead-letters/insert-lost-message.ts';
export { claimLetters, type LetterClaim } from './dead-letters/claim-letters.ts';
export { collectorsOfLetters } from './dead-letters/collectors-of-letters.ts';
export { discardLetters } from './dead-letters/discard-letters.ts';
export { editLetter } from './dead-letters/edit-letter.ts';
export { findDeadLetter, type WholeDeadLetterRow } from './dead-letters/find-dead-letter.ts';
export { hasReplayingLetters } from './dead-letters/has-replaying-letters.ts';
export { listDeadLetters, type DeadLetterRow } from './dead-letters/list-dead-letters.ts';
export {
  listLettersToReplay,
  type LetterChoice,
  type LetterToReplay,
} from './dead-letters/list-letters-to-replay.ts';
export { readLetters, type LetterContent } from './dead-letters/read-letters.ts';
export { settleBatchLetters } from './dead-letters/settle-batch-letters.ts';
export { forgetWait } from './waits/forget-wait.ts';
export { listWaits, type WaitRow } from './waits/list-waits.ts';
export { noteWait, type Wait } from './waits/note-wait.ts';
export { retireCollector } from './collectors/retire-collector.ts';
export type { CollectorSummaryRow } from './status/collector-columns.ts';
export type { LateRowsRow } from './status/late-rows.ts';
export { describeCollector, type CollectorDescriptionRow } from './status/describe-collector.ts';
export { listCollectors } from './status/list-collectors.ts';
export { listPauses, type PauseRow } from './status/list-pauses.ts';
export { listPartitionMarks, type PartitionMarkRow } from './status/list-partition-marks.ts';
export { setCollectorEnabled, type CollectorSwitch } from './collectors/set-collector-enabled.ts';
export {
  listCollectorsOfFiles,
  type CollectorOfFile,
} from './collectors/list-collectors-of-files.ts';
export { noteDiscarded, type DiscardedValues } from './batches/note-discarded.ts';
export type { TargetColumn } from './targets/target-column.ts';
export { addTargetColumn } from './targets/add-target-column.ts';
export { holdTargetColumns } from './targets/hold-target-columns.ts';
export { listTargetColumns, type TargetColumns } from './targets/list-target-columns.ts';
export { lockTarget } from './targets/lock-target.ts';
