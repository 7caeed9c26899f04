import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCli } from '../src/program.ts';

export interface CliResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process as if in a folder, with nothing of its environment but what is given. */
export async function runInTest(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  folder = '/',
): Promise<CliResult> {
  const [out, err] = [new PassThrough(), new PassThrough()];
  const said = Promise.all([text(out), text(err)]);
  const code = await runCli(args, { env, folder, out, err });
  out.end();
  err.end();
  const [outText, errText] = await said;
  return { code, out: outText, err: errText };
}
