import type { AnswerRule, HttpRequest } from '../definition/request.ts';
import { durationToMicros } from '../duration.ts';
import { partitionKeys } from '../incremental/partitions.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently, inEach } from './readable.ts';

/** What a request says about its answers: rules that can match, and a way of reading that has what it names. */
export function checkAnswers(sections: Sections): Mistake[] {
  const { request } = sections;
  if (request?.kind !== 'http') return [];
  return independently(
    () =>
      inEach(request.answers.keys(), (place) =>
        checkRule(request.answers[place], sections).map(({ path, message }) => ({
          path: ['request.answers', place, path].filter((part) => part !== '').join('.'),
          message,
        })),
      ),
    () => checkReading(request),
    () => checkAttached(request, sections),
    () => checkConditional(request, sections),
  );
}

function checkRule(rule: AnswerRule | undefined, sections: Sections): Mistake[] {
  if (!rule) return [];
  return independently(
    () => checkWait(rule),
    () => checkSplit(rule, sections),
    () => checkRefresh(rule, sections),
    () => checkMatch(rule),
    () => checkValue(rule),
  );
}

function checkMatch({ status, body, at }: AnswerRule): Mistake[] {
  if (status !== undefined) return [];
  if (body !== undefined) {
    return [{ path: 'body', message: 'needs a status: records may hold any text' }];
  }
  if (at !== undefined) return [];
  return [{ path: '', message: 'needs a status, or something at a path of the body' }];
}

function checkValue({ value, at }: AnswerRule): Mistake[] {
  if (value === undefined || at !== undefined) return [];
  return [{ path: 'value', message: 'needs the path at which it is looked for' }];
}

function checkWait({ action, wait }: AnswerRule): Mistake[] {
  if (wait === undefined || action === 'retry' || action === 'throttle') return [];
  return [{ path: 'wait', message: `nothing is waited for by "${action}"` }];
}

function checkSplit({ action }: AnswerRule, { incremental }: Sections): Mistake[] {
  if (action !== 'split' || !incremental) return [];
  if (incremental.kind === 'cursor' && incremental.split !== undefined) return [];
  return [{ path: 'action', message: '"split" needs incremental.split' }];
}

function checkRefresh({ action }: AnswerRule, { source }: Sections): Mistake[] {
  if (action !== 'refresh-token' || source?.kind !== 'http') return [];
  if (source.auth.kind !== 'none') return [];
  return [{ path: 'action', message: '"refresh-token" needs source.auth' }];
}

/** What has a meaning in JSON only, and what it is when nobody says anything. */
const jsonOnly = { records: '$', errorAt: undefined, shape: 'rows' } as const;

function checkReading(request: HttpRequest): Mistake[] {
  const { kind } = request.decoder;
  if (kind === 'json') return [];
  const message = `has a meaning in JSON only, but the decoder is ${kind}`;
  return inEach(['records', 'errorAt', 'shape'], (name) =>
    request[name] === jsonOnly[name] ? [] : [{ path: `request.${name}`, message }],
  );
}

function checkAttached({ attach }: HttpRequest, { partitions }: Sections): Mistake[] {
  const keys = partitions && partitionKeys({ partitions });
  if (!keys) return [];
  return inEach(Object.keys(attach), (name) => {
    const from = attach[name];
    if (!from || !('partition' in from) || keys.includes(from.partition)) return [];
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
