// Traces one request, logs inside the span, shows its metrics and ends by itself.
import { pino } from 'pino';
import { request } from 'undici';
import { currentTraceId, meter, prometheusHandler, withSpan } from '../src/index.ts';

const [target = ''] = process.argv.slice(2);
const log = pino();

meter('test').createCounter('tidemark.test.things').add(3);
await withSpan('work of the test', {}, async () => {
  log.info({ expected: currentTraceId() }, 'inside');
  const { body } = await request(`${target}?api_token=hunter2&page=7`);
  await body.dump();
});
log.info({ metrics: await prometheusHandler()?.() }, 'metrics');
