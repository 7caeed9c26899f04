import type { Answer } from '../server/answer.ts';
import { findIndicator } from './indicators.ts';
import type { Observation } from './world-bank-content.ts';

/** The first element of an answer. */
export interface Meta {
  page: number;
  pages: number;
  per_page: number;
  total: number;
  sourceid: string | null;
  lastupdated: string | null;
}

/** How one answer is written. */
export interface Writing {
  format: 'json' | 'xml';
  /** Starts the body with a byte order mark. */
  bom: boolean;
  /** Writes the numbers of the meta element as texts. */
  stringMeta: boolean;
}

const namespace = 'xmlns:wb="http://www.worldbank.org"';

/** Observations with their meta element; without any, the second element is null. */
export function writeObservations(meta: Meta, rows: Observation[], writing: Writing): Answer {
  const body =
    writing.format === 'json' ? jsonPage(meta, rows, writing.stringMeta) : xmlPage(meta, rows);
  return whole(writing, 200, body, rows.length);
}

/** An error as the service answers it: with status 200. */
export function writeError(error: { id: string; key: string; value: string }, as: Writing): Answer {
  const { id, key, value } = error;
  const body =
    as.format === 'json'
      ? JSON.stringify([{ message: [{ id, key, value }] }])
      : `<wb:error ${namespace}><wb:message id="${id}" key="${escapeXml(key)}">` +
        `${escapeXml(value)}</wb:message></wb:error>`;
  return whole(as, 200, body, 0);
}

/** An HTML page of the web server in front of the service. */
export function writeHtml(status: number, title: string): Answer {
  const body = `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, contentType: 'text/html', body, recordRows: 0 };
}

function whole(writing: Writing, status: number, body: string, recordRows: number): Answer {
  const isJson = writing.format === 'json';
  return {
    status,
    contentType: isJson ? 'application/json;charset=utf-8' : 'text/xml;charset=utf-8',
    body: (writing.bom ? '\uFEFF' : '') + (isJson ? '' : xmlHead) + body,
    recordRows,
  };
}

const xmlHead = '<?xml version="1.0" encoding="utf-8"?>\n';

function jsonPage(meta: Meta, rows: Observation[], stringMeta: boolean): string {
  const written = stringMeta
    ? Object.fromEntries(Object.entries(meta).map(([k, v]) => [k, v === null ? v : String(v)]))
    : meta;
  const second = rows.length === 0 ? 'null' : `[${rows.map(jsonRow).join(',')}]`;
  return `[${JSON.stringify(written)},${second}]`;
}

function jsonRow(row: Observation): string {
  const indicator = { id: row.indicator, value: findIndicator(row.indicator)?.name ?? '' };
  const country = { id: row.iso2, value: row.country };
  // The value is written from its digits: a number would lose `77.0`.
  return (
    `{"indicator":${JSON.stringify(indicator)},"country":${JSON.stringify(country)},` +
    `"countryiso3code":"${row.iso3}","date":"${row.year}","value":${row.value ?? 'null'},` +
    `"unit":"","obs_status":"","decimal":0}`
  );
}

function xmlPage(meta: Meta, rows: Observation[]): string {
  const attributes = Object.entries(meta)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}="${value}"`);
  return (
    `<wb:data ${attributes.join(' ')} ${namespace}>\n` +
    `${rows.map(xmlRow).join('\n')}\n</wb:data>`
  );
}

function xmlRow(row: Observation): string {
  const name = escapeXml(findIndicator(row.indicator)?.name ?? '');
  return (
    `<wb:data><wb:indicator id="${row.indicator}">${name}</wb:indicator>` +
    `<wb:country id="${row.iso2}">${escapeXml(row.country)}</wb:country>` +
    `<wb:countryiso3code>${row.iso3}</wb:countryiso3code><wb:date>${row.year}</wb:date>` +
    `<wb:value>${row.value ?? ''}</wb:value><wb:unit /><wb:obs_status />` +
    `<wb:decimal>0</wb:decimal></wb:data>`
  );
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
