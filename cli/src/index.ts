export { runSentence, runsTable } from './print/runs-table.ts';
export { showCount, showCounted, showDuration } from './print/show.ts';
export { table } from './print/table.ts';
export { hasEnded } from './progress/follow-run.ts';
export { ProgressBoard } from './progress/progress-board.ts';
export { colours } from './print/colours.ts';
