import type { Series } from './series.ts';
import { dayMs } from './series.ts';

/** What a valid request asks for. */
export type SgsQuery = { firstDay: number; lastDay: number } | { newest: number };

/** Why a request is not answered; the service writes its refusals in two ways. */
export type SgsRefusal =
  | { shape: 'error'; status: 406 }
  | { shape: 'erro'; status: 400; detail: string }
  | { shape: 'text'; status: 501; detail: string };

const maxYears = 10;
const maxNewest = 20;
/** Brasília has had no daylight saving time since 2019. */
const offsetMs = -3 * 3_600_000;

/** Reads the parameters of `…/dados`; daily series are given for ten years at most, and not without a first day. */
export function readSgsQuery(
  parameters: URLSearchParams,
  series: Series,
  nowMs: number,
): SgsQuery | SgsRefusal {
  const known = ['formato', 'dataInicial', 'dataFinal'];
  const wrong = wrongParameter(parameters, known);
  if (wrong) return wrong;
  const today = Math.floor((nowMs + offsetMs) / dayMs);
  const [first, last] = ['dataInicial', 'dataFinal'].map((name) => readDay(parameters.get(name)));
  if (first === 'wrong' || last === 'wrong') return unparseable;
  if (series.every === 'day' && (first === undefined || tooLong(first, last ?? today))) {
    return { shape: 'error', status: 406 };
  }
  if (first !== undefined && last !== undefined && first > last) {
    const detail = `${negocio}: A data inicial deve ser menor ou igual à data final`;
    return { shape: 'erro', status: 400, detail };
  }
  return { firstDay: first ?? -Infinity, lastDay: last ?? Infinity };
}

/** Reads `…/dados/ultimos/N`. */
export function readNewest(parameters: URLSearchParams, text: string): SgsQuery | SgsRefusal {
  const wrong = wrongParameter(parameters, ['formato']);
  if (wrong) return wrong;
  const newest = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (newest >= 1 && newest <= maxNewest) return { newest };
  const detail = `${negocio}: A quantidade máxima de valores deve ser ${maxNewest}`;
  return { shape: 'erro', status: 400, detail };
}

/** The name of the exception that the service puts before its reasons. */
export const negocio = 'br.gov.bcb.pec.sgs.comum.excecoes.SGSNegocioException';

const unparseable: SgsRefusal = {
  shape: 'erro',
  status: 400,
  detail: `${negocio}: Data inválida`,
};

function wrongParameter(
  parameters: URLSearchParams,
  known: readonly string[],
): SgsRefusal | undefined {
  for (const name of new Set(parameters.keys())) {
    if (!known.includes(name) || parameters.getAll(name).length > 1) {
      return { shape: 'text', status: 501, detail: `not simulated: ${name}` };
    }
  }
  const format = parameters.get('formato');
  if (format === 'json') return undefined;
  return { shape: 'text', status: 501, detail: `not simulated: formato=${format ?? 'nothing'}` };
}

function readDay(text: string | null): number | 'wrong' | undefined {
  if (text === null) return undefined;
  const [, day, month, year] = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text) ?? [];
  const iso = `${year}-${month}-${day}`;
  const timeMs = Date.parse(iso);
  const exists = !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(iso);
  return exists ? timeMs / dayMs : 'wrong';
}

function tooLong(first: number, last: number): boolean {
  const limit = new Date(first * dayMs);
  limit.setUTCFullYear(limit.getUTCFullYear() + maxYears);
  return last > limit.getTime() / dayMs;
}
