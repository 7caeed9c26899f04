import type { Answer } from '../server/answer.ts';
import { jsonAnswer, textAnswer } from '../server/answer.ts';
import { dayMs } from './series.ts';
import type { SgsValue } from './sgs-content.ts';
import type { SgsRefusal } from './sgs-query.ts';
import { negocio } from './sgs-query.ts';

/** The values as the service writes them: Brazilian days, decimals as texts with a dot. */
export function writeValues(values: readonly SgsValue[]): Answer {
  // No value at all is an error in this service.
  if (values.length === 0) return writeErro(404, `${negocio}: Value(s) not found`);
  const rows = values.map(({ day, value, endDay }) => ({
    data: writeDay(day),
    ...(endDay === undefined ? {} : { datafim: writeDay(endDay) }),
    valor: value,
  }));
  return { ...jsonAnswer(200, rows), recordRows: rows.length };
}

/** A refusal in the shape that it has there. */
export function writeRefusal(refusal: SgsRefusal): Answer {
  switch (refusal.shape) {
    case 'error':
      return jsonAnswer(refusal.status, {
        error:
          'O sistema aceita uma janela de consulta de, no máximo, 10 anos em séries de periodicidade diária',
        message:
          'Para acessar uma série de periodicidade diária, é necessário informar a dataInicial e a dataFinal',
        syntax: 'Para ler os últimos 10 anos, informe a dataInicial',
      });
    case 'erro':
      return writeErro(refusal.status, refusal.detail);
    case 'text':
      return textAnswer(refusal.status, refusal.detail);
  }
}

/** What comes now and then instead of JSON, with status 200. */
export function writeXmlPage(): Answer {
  return {
    status: 200,
    contentType: 'text/xml',
    body: '<?xml version="1.0" encoding="pt-br"?><p>Request unsuccessful</p>',
    recordRows: 0,
  };
}

function writeErro(statusCode: number, detail: string): Answer {
  return jsonAnswer(statusCode, { erro: { statusCode, detail } });
}

/** `02/01/2024`. */
export function writeDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10).split('-').toReversed().join('/');
}
