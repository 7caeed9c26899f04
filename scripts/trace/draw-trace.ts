import type { Span } from './span.ts';

export interface DrawOptions {
  /** Spans that tell nothing new, by name; what is below them moves up. */
  readonly hides?: (span: Span) => boolean;
  /** A span of a name that is repeated among its sisters is drawn this often, then counted. */
  readonly repeats?: number;
  /** Columns that a line may take. */
  readonly width?: number;
}

interface Node {
  readonly span: Span;
  readonly children: Node[];
}

interface Line {
  readonly text: string;
  readonly node: Node | undefined;
}

/**
 * A trace as a tree with the begin and the length of each span. A page leads to the next page and so on: a span of
 * the name of one above it is not drawn again but counted, with all that is below it.
 */
export function drawTrace(spans: readonly Span[], options: DrawOptions = {}): string {
  const shown = spans.filter((span) => !options.hides?.(span));
  const roots = buildTree(spans, shown);
  const start = minimum(shown.map((span) => span.startNs));
  const lines = roots.flatMap((root) =>
    drawNode(root, { prefix: '', above: [], repeats: options.repeats ?? 2 }),
  );
  const room = (options.width ?? 118) - timesWidth;
  return lines
    .map(({ text, node }) => {
      const label = text.length > room ? `${text.slice(0, room - 1)}…` : text.padEnd(room);
      return `${label}${node ? times(node.span, start) : ''}`.trimEnd();
    })
    .join('\n');
}

const timesWidth = 24;

function times(span: Span, startNs: bigint): string {
  const begin = `+${millis(span.startNs - startNs)}`.padStart(12);
  return `${begin}${millis(span.endNs - span.startNs).padStart(12)}`;
}

function millis(ns: bigint): string {
  const ms = Number(ns) / 1e6;
  return ms >= 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${ms.toFixed(1)} ms`;
}

/** The shown spans below the nearest shown span above them. */
function buildTree(all: readonly Span[], shown: readonly Span[]): Node[] {
  const byId = new Map(all.map((span) => [span.spanId, span]));
  const nodes = new Map(shown.map((span) => [span.spanId, { span, children: [] as Node[] }]));
  const roots: Node[] = [];
  for (const node of nodes.values()) {
    let parent = byId.get(node.span.parentSpanId);
    while (parent && !nodes.has(parent.spanId)) parent = byId.get(parent.parentSpanId);
    const above = parent && nodes.get(parent.spanId);
    (above ? above.children : roots).push(node);
  }
  for (const node of nodes.values()) node.children.sort(byStart);
  return roots.toSorted(byStart);
}

interface Place {
  readonly prefix: string;
  /** Names of the spans above. */
  readonly above: readonly string[];
  readonly repeats: number;
}

function drawNode(node: Node, place: Place): Line[] {
  // A query's name ends with that of the database, which is the same for all.
  const name = node.span.name.replace(/^(pg\.query:\S+) \S+$/, '$1');
  const label = `${node.span.isError ? '✗ ' : ''}${name}${detail(node.span)}`;
  return [{ text: place.prefix + label, node }, ...drawChildren(node, place)];
}

function drawChildren(node: Node, place: Place): Line[] {
  const above = [...place.above, keyOf(node)];
  const drawn: Node[] = [];
  const folded = new Map<string, Node[]>();
  for (const child of node.children) {
    const key = keyOf(child);
    const isAgain = above.includes(key);
    const before = drawn.filter((each) => keyOf(each) === key).length;
    if (!isAgain && before < place.repeats) drawn.push(child);
    else folded.set(key, [...(folded.get(key) ?? []), child]);
  }
  const indent = place.prefix.replace(/├─ $/, '│  ').replace(/└─ $/, '   ');
  const parts: ((prefix: string) => Line[])[] = [
    ...drawn.map((child) => (prefix: string) => drawNode(child, { ...place, prefix, above })),
    ...[...folded.values()].map((nodes) => (prefix: string) => [foldedLine(prefix, nodes, above)]),
  ];
  return parts.flatMap((part, index) =>
    part(`${indent}${index === parts.length - 1 ? '└─ ' : '├─ '}`),
  );
}

function foldedLine(prefix: string, nodes: readonly Node[], above: readonly string[]): Line {
  const [first] = nodes;
  const name = first?.span.name ?? '';
  const inside = nodes.flatMap(withAllBelow);
  const isContinuation = first !== undefined && above.includes(keyOf(first));
  const same = inside.filter((each) => each.span.name === name).length;
  const what = isContinuation ? `… the same for the next ${same}` : `… ${same} more`;
  const more = inside.length > same ? `, ${inside.length} spans in all` : '';
  return { text: `${prefix}${what} × ${name}${more}`, node: undefined };
}

function withAllBelow(node: Node): Node[] {
  return [node, ...node.children.flatMap(withAllBelow)];
}

function keyOf({ span }: Node): string {
  return `${span.service} ${span.name}`;
}

function detail(span: Span): string {
  const records = span.attributes['tidemark.records'];
  // Every span below a page carries its place; one look at the message is enough.
  const isMessage = 'messaging.system' in span.attributes;
  const seq = isMessage ? span.attributes['tidemark.batch.seq'] : undefined;
  const facts = [
    span.service.replace(/^tidemark-/, ''),
    ...(seq === undefined ? [] : [`page ${seq}`]),
    ...(records === undefined ? [] : [`${records} records`]),
  ].filter((fact) => fact !== '');
  return facts.length === 0 ? '' : `  (${facts.join(', ')})`;
}

function byStart(a: Node, b: Node): number {
  return a.span.startNs < b.span.startNs ? -1 : 1;
}

function minimum(values: readonly bigint[]): bigint {
  return values.reduce((least, value) => (value < least ? value : least), values[0] ?? 0n);
}
