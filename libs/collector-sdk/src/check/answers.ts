import type { AnswerRule, HttpRequest } from '../definition/request.ts';
import { durationToMicros } from '../duration.ts';
import { partitionKeys } from '../incremental/partitions.ts';
import type { Mistake, Sections } from './mistake.ts';

/** What a request says about its answers: rules that can match, and a way of reading that has what it names. */
export function checkAnswers(sections: Sections): Mistake[] {
  const { request } = sections;
  if (request?.kind !== 'http') return [];
  return [
    ...request.answers.flatMap((rule, place) =>
      checkRule(rule, sections).map(({ path, message }) => ({
        path: ['request.answers', place, path].filter((part) => part !== '').join('.'),
        message,
      })),
    ),
    ...checkReading(request),
    ...checkAttached(request, sections),
    ...checkConditional(request, sections),
  ];
}

function checkRule(rule: AnswerRule, sections: Sections): Mistake[] {
  const { status, body, at, value } = rule;
  const mistakes = checkAction(rule, sections);
  if (status === undefined && body === undefined && at === undefined) {
    mistakes.push({ path: '', message: 'needs a status, or something at a path of the body' });
  }
  if (body !== undefined && status === undefined) {
    mistakes.push({ path: 'body', message: 'needs a status: records may hold any text' });
  }
  if (value !== undefined && at === undefined) {
    mistakes.push({ path: 'value', message: 'needs the path at which it is looked for' });
  }
  return mistakes;
}

function checkAction({ action, wait }: AnswerRule, { incremental, source }: Sections): Mistake[] {
  const mistakes: Mistake[] = [];
  if (wait !== undefined && action !== 'retry' && action !== 'throttle') {
    mistakes.push({ path: 'wait', message: `nothing is waited for by "${action}"` });
  }
  const hasWindow = incremental?.kind === 'cursor' && incremental.split !== undefined;
  if (action === 'split' && incremental && !hasWindow) {
    mistakes.push({ path: 'action', message: '"split" needs incremental.split' });
  }
  if (action === 'refresh-token' && source?.kind === 'http' && source.auth.kind === 'none') {
    mistakes.push({ path: 'action', message: '"refresh-token" needs source.auth' });
  }
  return mistakes;
}

function checkReading({ decoder, records, errorAt, shape }: HttpRequest): Mistake[] {
  if (decoder.kind === 'json') return [];
  const mistakes: Mistake[] = [];
  const message = `has a meaning in JSON only, but the decoder is ${decoder.kind}`;
  if (records !== '$') mistakes.push({ path: 'request.records', message });
  if (errorAt !== undefined) mistakes.push({ path: 'request.errorAt', message });
  if (shape !== 'rows') mistakes.push({ path: 'request.shape', message });
  return mistakes;
}

function checkAttached({ attach }: HttpRequest, { partitions }: Sections): Mistake[] {
  const keys = partitions && partitionKeys({ partitions });
  if (!keys) return [];
  return Object.entries(attach).flatMap(([name, from]) => {
    if (!('partition' in from) || keys.includes(from.partition)) return [];
    const message = `no partition has "${from.partition}"; there are ${keys.join(', ') || 'none'}`;
    return [{ path: `request.attach.${name}.partition`, message }];
  });
}

/** An unchanged answer is not read, so nothing may depend on its content. */
function checkConditional({ conditional }: HttpRequest, { incremental }: Sections): Mistake[] {
  if (!conditional || !incremental) return [];
  const path = 'request.conditional';
  switch (incremental.kind) {
    case 'cursor': {
      const isLength = incremental.unit === 'time' || durationToMicros(conditional.round) === 0n;
      const message = 'is a length of time, but the cursor is an integer';
      return isLength ? [] : [{ path: `${path}.round`, message }];
    }
    case 'periods':
      return incremental.signal === undefined
        ? []
        : [{ path, message: 'incremental.signal tells already whether the source has changed' }];
    case 'snapshot':
      return incremental.deletions === 'ignore'
        ? []
        : [{ path, message: 'what vanished is seen only in an answer that is read each time' }];
    case 'token':
    case 'worklist':
      return [{ path, message: `each request of a ${incremental.kind} asks something else` }];
    case 'full':
      return [];
  }
}
