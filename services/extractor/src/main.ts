import { run } from '@tidemark/runtime';
import { readConfig } from './config.ts';
import { startExtractor } from './service.ts';

await run((signal) => startExtractor(readConfig(process.env), signal));
