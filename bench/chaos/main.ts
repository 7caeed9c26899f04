import { inspect } from 'node:util';
import { readOptions, type Options } from './read-options.ts';
import { runChaos } from './run-chaos.ts';

const say = (line: string): void => void process.stderr.write(`${line}\n`);

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
// What was started lives in sessions of its own: it is ended here, whatever ends us.
const { promise: interrupted, reject: interrupt } = Promise.withResolvers<never>();
interrupted.catch(() => undefined);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => interrupt(new Error(`ended by ${signal}`)));
}
process.once('uncaughtException', interrupt);
process.once('unhandledRejection', interrupt);

const outcome = await runChaos(options, say, interrupted).catch((error: unknown) => {
  say(inspect(error));
  process.exit(1);
});
const { seed, kills, faults, differences, seconds, runs, rows, folder, verdict } = outcome;
const conclusions = {
  exact: 'Everything is exact.',
  unfinished: `Nothing differs, but time was up before ${options.kills} kills: this proves less than was asked for.`,
  different: `${differences} differences; logs and data are in ${folder}.`,
};
if (options.json) process.stdout.write(`${JSON.stringify(outcome)}\n`);
else {
  process.stdout.write(
    `Seed ${seed}: ${kills} kills among ${faults} faults in ${seconds} s; ${runs} runs processed ${rows} records. ` +
      `${conclusions[verdict]}\n`,
  );
}
process.exit(verdict === 'exact' ? 0 : 1);
