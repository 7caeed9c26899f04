import { run } from '@tidemark/runtime';
import { readConfig } from '../src/config.ts';
import { startTransformer } from '../src/service.ts';

// A transformer as a process of its own, with a function that ends it when it meets a certain record.

const functions = {
  'die-of-13': (record: Record<string, unknown>) => {
    if (record['id'] === 13) process.abort();
    return record;
  },
};

await run((signal) => startTransformer(readConfig(process.env), functions, signal));
