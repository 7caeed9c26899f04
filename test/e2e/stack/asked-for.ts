import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsOf } from '../../../scripts/manifests/check-metrics.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** The tags that docs/tracing.md searches by, and the operations that it chooses. */
export function askedOfTraces(): { readonly tags: string[]; readonly operations: string[] } {
  const rows = readFileSync(join(root, 'docs', 'tracing.md'), 'utf8').matchAll(
    /^\| [^|]+\| (?:`tidemark-\w+`|any|each) +\|([^|]+)\|([^|]+)\|$/gm,
  );
  const cells = [...rows].map(([, operation = '', tags = '']) => ({ operation, tags }));
  return {
    tags: unique(cells.flatMap(({ tags }) => all(tags, /([a-z_]+(?:\.[a-z_]+)+)(?==)/g))),
    operations: unique(cells.flatMap(({ operation }) => all(operation, /`([^`…]+)`/g))),
  };
}

interface Asked {
  readonly where: string;
  readonly metric: string;
  readonly labels: readonly string[];
}

/** Each metric of ours that the dashboard or an alert asks for, with the labels that it groups and chooses by. */
export function askedOfMetrics(): Asked[] {
  return globSync('deploy/{grafana/dashboards/*.json,prometheus/rules.yml}', { cwd: root })
    .flatMap((file) => expressionsIn(readFileSync(join(root, file), 'utf8')))
    .flatMap((where) => {
      const grouped = all(where, /by \(([^)]*)\)/g).flatMap((names) => names.split(/, */));
      const labels = unique([...grouped, ...all(where, /(\w+)=~?"/g)]).filter(
        (name) => name !== 'le',
      );
      return unique(all(where, /\b(tidemark_\w+_(?:total|bucket))/g)).map((metric) => ({
        where,
        metric,
        labels,
      }));
    });
}

/** The names of the metrics that the code makes, as the check of the dashboard has them. */
export function madeByCode(): string[] {
  const files = globSync('{libs,services}/*/src/**/*.ts', { cwd: root });
  return metricsOf(files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n'));
}

function expressionsIn(text: string): string[] {
  const ofDashboard = all(text, /"expr": "((?:[^"\\]|\\.)*)"/g).map((each) =>
    each.replaceAll('\\"', '"'),
  );
  // Up to the next key of the same rule.
  return [...ofDashboard, ...all(text, /expr: ([^]*?)\n {8}\w+:/g)];
}

/** The names of the labels of each metric, in what /metrics answers. */
export function labelsIn(exposition: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [, metric = '', labels = ''] of exposition.matchAll(/^(\w+)\{(.*)\} /gm)) {
    const names = found.get(metric) ?? new Set();
    for (const name of all(labels, /(\w+)="/g)) names.add(name);
    found.set(metric, names);
  }
  return found;
}

function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found = '']) => found);
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
