import type { Paginate } from '../definition/paginate.ts';
import { bodyPaths } from '../paginate/told.ts';
import { isCounting, type Counting } from '../paginate/totals.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently } from './readable.ts';

/** The settings of pagination fit together, and what they look at is something that the answer can have. */
export function checkPaginate({ paginate, request, incremental }: Sections): Mistake[] {
  if (!paginate || paginate.kind === 'none') return [];
  return independently(
    () => checkPaths(paginate, request),
    () => checkDepth(paginate, incremental),
    () => (isCounting(paginate) ? checkCounting(paginate) : []),
    () => (paginate.kind === 'keyset' ? checkAfter(paginate) : []),
  );
}

function checkAfter({ after, size }: Extract<Paginate, { kind: 'keyset' }>): Mistake[] {
  if (size !== undefined && size.param in after) {
    const message = 'is the parameter of paginate.size: give the place of the record another one';
    return [{ path: `paginate.after.${size.param}`, message }];
  }
  if (Object.keys(after).length > 0) return [];
  const message = 'needs a parameter at least: without one every page would be the first';
  return [{ path: 'paginate.after', message }];
}

/** Only JSON has paths. */
function checkPaths(paginate: Paginate, request: Sections['request']): Mistake[] {
  if (request?.kind !== 'http' || request.decoder.kind === 'json') return [];
  const { kind } = request.decoder;
  return bodyPaths(paginate).map((told) => ({
    path: 'paginate',
    message: `"${told}" is a path in JSON, but request.decoder is ${kind}; name a header`,
  }));
}

function checkDepth(
  paginate: Exclude<Paginate, { kind: 'none' }>,
  incremental: Sections['incremental'],
): Mistake[] {
  const { maxDepth } = paginate;
  if (!maxDepth) return [];
  const path = 'paginate.maxDepth';
  const hasNone = maxDepth.pages === undefined && maxDepth.records === undefined;
  if (hasNone) return [{ path, message: 'needs pages or records' }];
  const hasWindow = incremental?.kind === 'cursor' && incremental.split !== undefined;
  const isReached = maxDepth.pages === 1;
  return isReached && !hasWindow
    ? [{ path, message: 'one page is all there is; without incremental.split nothing reads on' }]
    : [];
}

function checkCounting(paginate: Counting): Mistake[] {
  return independently(
    () => checkDrift(paginate),
    () => checkWidth(paginate),
    () => checkTotals(paginate),
    () => checkMore(paginate),
  );
}

function hasTotal(paginate: Counting): boolean {
  const totalPages = paginate.kind === 'page' ? paginate.totalPages : undefined;
  return totalPages !== undefined || paginate.totalRecords !== undefined;
}

function checkWidth(paginate: Counting): Mistake[] {
  if (paginate.width === 1 || hasTotal(paginate)) return [];
  const message = 'pages are asked for at the same time only where the answer tells a total';
  return [{ path: 'paginate.width', message }];
}

function checkTotals(paginate: Counting): Mistake[] {
  if (paginate.kind !== 'page') return [];
  if (paginate.totalPages === undefined || paginate.totalRecords === undefined) return [];
  const message = 'one total is enough; totalPages is there already';
  return [{ path: 'paginate.totalRecords', message }];
}

function checkMore(paginate: Counting): Mistake[] {
  if (paginate.more === undefined || !hasTotal(paginate)) return [];
  return [{ path: 'paginate.more', message: 'the total tells already whether more follows' }];
}

function checkDrift(paginate: Counting): Mistake[] {
  const { drift, width, size } = paginate;
  if (!drift) return [];
  const path = 'paginate.drift';
  if (width > 1) {
    return [{ path, message: 'is noticed from page to page, so it needs a width of 1' }];
  }
  if (drift.by === 'total') {
    return hasTotal(paginate) ? [] : [{ path, message: 'by total needs a total' }];
  }
  const isWhole = size !== undefined && drift.records >= size.value;
  const message = 'must be fewer than the records of a page';
  return isWhole ? [{ path: `${path}.records`, message }] : [];
}
