import type { Paginate } from '../definition/paginate.ts';
import { bodyPaths } from '../paginate/told.ts';
import { isCounting, type Counting } from '../paginate/totals.ts';
import type { Mistake, Sections } from './mistake.ts';

/** The settings of pagination fit together, and what they look at is something that the answer can have. */
export function checkPaginate({ paginate, request, incremental }: Sections): Mistake[] {
  if (!paginate || paginate.kind === 'none') return [];
  return [
    ...checkPaths(paginate, request),
    ...checkDepth(paginate, incremental),
    ...(isCounting(paginate) ? checkCounting(paginate) : []),
  ];
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
  const { width, more, totalRecords } = paginate;
  const totalPages = paginate.kind === 'page' ? paginate.totalPages : undefined;
  const hasTotal = totalPages !== undefined || totalRecords !== undefined;
  const mistakes = checkDrift(paginate, hasTotal);
  if (width > 1 && !hasTotal) {
    const message = 'pages are asked for at the same time only where the answer tells a total';
    mistakes.push({ path: 'paginate.width', message });
  }
  if (totalPages !== undefined && totalRecords !== undefined) {
    const message = 'one total is enough; totalPages is there already';
    mistakes.push({ path: 'paginate.totalRecords', message });
  }
  if (more !== undefined && hasTotal) {
    const message = 'the total tells already whether more follows';
    mistakes.push({ path: 'paginate.more', message });
  }
  return mistakes;
}

function checkDrift({ drift, width, size }: Counting, hasTotal: boolean): Mistake[] {
  if (!drift) return [];
  const path = 'paginate.drift';
  if (width > 1) {
    return [{ path, message: 'is noticed from page to page, so it needs a width of 1' }];
  }
  if (drift.by === 'total') {
    return hasTotal ? [] : [{ path, message: 'by total needs a total' }];
  }
  const isWhole = size !== undefined && drift.records >= size.value;
  const message = 'must be fewer than the records of a page';
  return isWhole ? [{ path: `${path}.records`, message }] : [];
}
