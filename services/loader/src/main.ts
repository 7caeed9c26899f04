import { run } from '@tidemark/runtime';
import { readConfig } from './config.ts';
import { startLoader } from './service.ts';

await run((signal) => startLoader(readConfig(process.env), signal));
