import { registry } from '@tidemark/collectors';
import { run } from '@tidemark/runtime';
import { readConfig } from './config.ts';
import { startWatermark } from './service.ts';

await run((signal) => startWatermark(readConfig(process.env), registry, signal));
