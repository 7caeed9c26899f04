/** Finds metrics that a dashboard or a rule asks for and no code makes: such a panel stays empty, such an alert never fires. */
export function checkMetrics(asking: Readonly<Record<string, string>>, code: string): string[] {
  const made = new Set([...metricsOf(code), 'up']);
  return Object.entries(asking).flatMap(([file, text]) =>
    [...new Set(text.match(/\btidemark_[a-z_]+_(?:total|bucket|sum|count)\b/g))]
      .filter((metric) => !made.has(metric))
      .map((metric) => `${file}: nothing exports ${metric}`),
  );
}

/** The names under which Prometheus knows the instruments that the code makes; its exporter here adds no unit to them. */
export function metricsOf(code: string): string[] {
  const made = code.matchAll(/create(Counter|Histogram)\(\s*'([a-z._]+)'/g);
  return [...made].flatMap(([, kind, name = '']) => {
    const base = name.replaceAll('.', '_');
    return kind === 'Counter'
      ? [`${base}_total`]
      : ['_bucket', '_sum', '_count'].map((end) => base + end);
  });
}

/** Finds panels that a guide tells to look at, by their titles or the begin of them, and that no dashboard has. */
export function checkPanels(guides: Readonly<Record<string, string>>, dashboard: string): string[] {
  const titles = [...dashboard.matchAll(/"title": "([^"]+)"/g)].map(([, title = '']) => title);
  return Object.entries(guides).flatMap(([file, text]) =>
    [...text.matchAll(/"([A-Z][a-z]+(?: \w+){2,})"/g)]
      .map(([, told = '']) => told)
      .filter((told) => !titles.some((title) => title.startsWith(told)))
      .map((told) => `${file}: no panel is called ${told}`),
  );
}
