/** Turns the lists that USGS writes as `,a,b,` into arrays; everything else stays as it came. */
export function usgsEarthquake(record: Record<string, unknown>): Record<string, unknown> {
  const { properties } = record;
  if (typeof properties !== 'object' || properties === null) return record;
  const given: Readonly<Record<string, unknown>> = { ...properties };
  return {
    ...record,
    properties: { ...given, ids: listOf(given['ids']), sources: listOf(given['sources']) },
  };
}

function listOf(text: unknown): unknown {
  return typeof text === 'string' ? text.split(',').filter((each) => each !== '') : text;
}
