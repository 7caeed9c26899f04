import { test } from 'vitest';
import { setTimeout as delay } from 'node:timers/promises';
import { putRaw, startBusTest } from './a-bus.ts';

for (const how of ['purge', 'delete'])
test(how, async () => {
  await using set = await startBusTest({ ackWaitMs: 600_000 });
  const c = await set.bus.js.consumers.get('RAW_LIVE', 'transform');
  for (let n = 0; n < 10; n += 1) await putRaw(set.bus, `m ${n}`);
  const ms: any[] = [];
  for (let n = 0; n < 8; n += 1) ms.push(await c.next());
  const show = async (what: string) => {
    const ci = await set.bus.jsm.consumers.info('RAW_LIVE', 'transform');
    const si = await set.bus.jsm.streams.info('RAW_LIVE');
    console.log(how, what, `floor ${ci.ack_floor.stream_seq}/${ci.ack_floor.consumer_seq} del ${ci.delivered.stream_seq}/${ci.delivered.consumer_seq} p${ci.num_pending} ap${ci.num_ack_pending} held ${si.state.messages} first ${si.state.first_seq}`);
    return ci;
  };
  await show('8 pending');
  for (const n of [0, 1, 3, 4]) await ms[n].ackAck();
  let ci = await show('acked 1 2 4 5');
  if (how === 'purge') console.log(await set.bus.jsm.streams.purge('RAW_LIVE', { seq: ci.ack_floor.stream_seq + 1 }));
  else console.log(await set.bus.jsm.streams.deleteMessage('RAW_LIVE', 2).catch((e: Error) => e.message));
  await show('after');
  ms[2].nak(300);
  await delay(600);
  const again = await c.next({ expires: 1000 });
  console.log('again', again?.seq, again?.info.deliveryCount);
  ms[5].nak();
  const again2 = await c.next({ expires: 1000 });
  console.log('again2', again2?.seq, again2?.info.deliveryCount);
  await show('end');
}, 60_000);
