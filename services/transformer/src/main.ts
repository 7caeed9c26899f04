import { registry } from '@tidemark/collectors';
import { run } from '@tidemark/runtime';
import { readConfig } from './config.ts';
import { startTransformer } from './service.ts';

await run((signal) => startTransformer(readConfig(process.env), registry.functions, signal));
