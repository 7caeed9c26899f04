import {
  colours as pc,
  runSentence,
  runsTable,
  showCount,
  showCounted,
  showDuration,
  table,
} from '@tidemark/cli';
import { listRuns } from '@tidemark/store';
import type { SpanReceiver } from '../trace/receive-spans.ts';
import { type SourceChange, changeSources } from './change-sources.ts';
import { compareContent, isEqual } from './compare-content.ts';
import { type DemoContext, type RunResult, runCollectors } from './run-collectors.ts';
import { showTrace } from './show-trace.ts';
import { collectorsOfDemo } from './sources.ts';

/** Runs the whole demonstration and tells whether everything came out as it has to. */
export async function tellStory(context: DemoContext, receiver: SpanReceiver): Promise<boolean> {
  const { out } = context;
  const write = (text: string): void => void out.write(`${text}\n`);
  const chapter = (title: string): void => write(`\n${pc.bold(title)}`);

  write(introduction);
  chapter('1. First run: everything is read');
  const first = await runCollectors(context, 'incremental');
  const isFirstGood = await checkContent(context, first);

  chapter('2. The sources change');
  const changes = await changeSources(context.sources);
  for (const { collector, says } of changes) write(`  ${collector}: ${says}`);

  chapter('3. Second run: only what may have changed is asked for');
  const second = await runCollectors(context, 'incremental');
  const areChangesFound = second
    .map((result) => tellChange(context, result, changes))
    .every(Boolean);
  const isSecondGood = await checkContent(context, second);

  chapter('4. A full reload, for comparison');
  const full = await runCollectors(context, 'full');
  const isFullGood = await checkContent(context, full);
  write(savings(second, full));

  chapter('5. The runs');
  const runs = await context.store.with(async (db) => listRuns(db, { limit: 20 }));
  write(runsTable(runs.toReversed()));

  const traced = second.find(({ collector }) => collector === 'usgs-earthquakes')?.run;
  chapter(
    `6. The trace of the second run of ${traced?.collector_name ?? 'a collector'}, from command to committed rows`,
  );
  write(
    traced?.trace_id
      ? await showTrace(receiver, traced.trace_id, context.signal)
      : 'no trace was kept',
  );

  const isGood = isFirstGood && areChangesFound && isSecondGood && isFullGood;
  write(isGood ? next : pc.red('\nNot everything came out as it has to: see the lines with ✗.'));
  return isGood;
}

const introduction = `
Two collectors, two simulated sources with real data:
  world-bank        three indicators of 62 countries, 1955 to 2005, from gapminder. Its data has every fifth
                    year; the years between are filled in on a straight line.
  usgs-earthquakes  1,707 earthquakes of one week of 2018, as the USGS published them.`;

const next = `
What to try next
  npm run demo -- --keep               the same, and everything stays up; then, in another terminal:
    npx tidemark status                how far each collector is
    npx tidemark run world-bank --wait
    npx tidemark runs --json
  npm start                            the same services, for the real APIs
  collectors/ and docs/collectors.md   how a collector is declared`;

/** Compares every target with its source, and tells it. */
async function checkContent(context: DemoContext, results: readonly RunResult[]): Promise<boolean> {
  const { out, store, sources } = context;
  let isGood = results.every(({ run }) => run.status === 'success');
  for (const { run } of results) {
    if (run.status !== 'success') out.write(`${pc.red('  ✗')} ${runSentence(run)}\n`);
  }
  for (const collector of collectorsOfDemo) {
    const comparison = await compareContent(
      store.pool,
      collector,
      await sources[collector].content(),
    );
    const { source_rows: sourceRows, target_rows: targetRows, missing, unexpected } = comparison;
    isGood &&= isEqual(comparison);
    out.write(
      isEqual(comparison)
        ? `${pc.green('  ✓')} ${collector}: the ${showCount(targetRows)} rows of the target equal those of the source, row for row\n`
        : `${pc.red('  ✗')} ${collector}: ${showCount(sourceRows)} rows in the source, ${showCount(targetRows)} in the target; ` +
            `${missing} missing, ${unexpected} unexpected\n`,
    );
  }
  return isGood;
}

/** Tells what a run found of what was changed. */
function tellChange(
  { out }: DemoContext,
  { collector, run, asked }: RunResult,
  changes: readonly SourceChange[],
): boolean {
  const change = changes.find((each) => each.collector === collector);
  const isExact =
    change?.inserted === run.records_inserted && change.updated === run.records_updated;
  out.write(
    `${isExact ? pc.green('  ✓') : pc.red('  ✗')} ${collector}: ${showCounted(asked.requests, 'request')}; ` +
      `${run.records_inserted} inserted, ${run.records_updated} updated ` +
      `(the source changed: ${change?.inserted ?? 0} new, ${change?.updated ?? 0} revised)\n`,
  );
  return isExact;
}

function savings(incremental: readonly RunResult[], full: readonly RunResult[]): string {
  const rows = incremental.flatMap((result) => {
    const reload = full.find(({ collector }) => collector === result.collector);
    if (!reload) return [];
    return [
      [
        result.collector,
        ...[
          reload.asked.requests,
          result.asked.requests,
          reload.asked.records,
          result.asked.records,
        ].map(showCount),
        showDuration(reload.run.duration_seconds),
        showDuration(result.run.duration_seconds),
      ],
    ];
  });
  const heading = [
    '',
    ' requests full',
    ' incremental',
    ' records full',
    ' incremental',
    ' time full',
    ' incremental',
  ];
  return `\n${table(heading, rows)}`;
}
