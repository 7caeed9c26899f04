import type { Answer } from '../server/answer.ts';
import { textAnswer } from '../server/answer.ts';
import type { Feature } from './read-earthquakes.ts';

/** What the metadata of an answer tells. */
export interface Told {
  generatedMs: number;
  url: string;
  /** Only when the query named a limit, as in the real service. */
  limit: number | undefined;
  offset: number;
}

/** A feature collection with metadata and bounding box. */
export function writeGeoJson(
  events: readonly Feature[],
  textOf: (event: Feature) => string,
  told: Told,
): Answer {
  const metadata = {
    generated: told.generatedMs,
    url: told.url,
    title: 'USGS Earthquakes',
    status: 200,
    api: '1.8.1',
    ...(told.limit === undefined ? {} : { limit: told.limit, offset: told.offset }),
    count: events.length,
  };
  const bbox = events.length === 0 ? '' : `,"bbox":${JSON.stringify(boxOf(events))}`;
  return {
    status: 200,
    contentType: 'application/json; charset=utf-8',
    body:
      `{"type":"FeatureCollection","metadata":${JSON.stringify(metadata)},` +
      `"features":[${events.map(textOf).join(',')}]${bbox}}`,
    recordRows: events.length,
  };
}

/** A small QuakeML document: what a client gets that forgot to name a format. */
export function writeQuakeMl(events: readonly Feature[]): Answer {
  const written = events.map(
    (event) =>
      `<event publicID="quakeml:earthquake.usgs.gov/${event.id}"><origin><time>` +
      `<value>${new Date(event.properties.time).toISOString()}</value></time></origin></event>`,
  );
  return {
    status: 200,
    contentType: 'application/xml; charset=utf-8',
    body:
      '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<q:quakeml xmlns="http://quakeml.org/xmlns/bed/1.2" ' +
      'xmlns:q="http://quakeml.org/xmlns/quakeml/1.2"><eventParameters>' +
      `${written.join('')}</eventParameters></q:quakeml>`,
    recordRows: events.length,
  };
}

/** The plain text with which the service refuses a question. */
export function writeBadRequest(reason: string, nowMs: number): Answer {
  const submitted = `${new Date(nowMs).toISOString().slice(0, 19)}+00:00`;
  return textAnswer(
    400,
    `Error 400: Bad Request\n\n${reason}\n` +
      'Usage details are available from https://earthquake.usgs.gov/fdsnws/event/1\n' +
      `Request Submitted: ${submitted}\nService version: 1.8.1`,
  );
}

/** Smallest and largest longitude, latitude and depth. */
function boxOf(events: readonly Feature[]): number[] {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (const event of events) {
    for (const [axis, value] of event.geometry.coordinates.entries()) {
      low[axis] = Math.min(low[axis] ?? value, value);
      high[axis] = Math.max(high[axis] ?? value, value);
    }
  }
  return [...low, ...high];
}
