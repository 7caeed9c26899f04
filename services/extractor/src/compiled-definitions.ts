import {
  Definition,
  isHttp,
  isSql,
  type HttpDefinition,
  type SqlDefinition,
} from '@tidemark/collector-sdk';
import {
  compileQuery,
  compileRequest,
  type BuildRequest,
  type CompiledQuery,
} from '@tidemark/collector-sdk/source';
import { TerminalError } from '@tidemark/runtime';

/** A definition of an HTTP API with its templates read. */
export interface CompiledHttp {
  readonly definition: HttpDefinition;
  readonly buildRequest: BuildRequest;
}

/** A definition of a database with its query read. */
export interface CompiledSql {
  readonly definition: SqlDefinition;
  readonly query: CompiledQuery;
}

export type CompiledDefinition = CompiledHttp | CompiledSql;

/** Where the definitions of the bus come from. */
export interface DefinitionSource {
  get(name: string, revision: string): Promise<unknown>;
}

/** Revisions beyond this are forgotten, oldest first; they can be read again. */
const KEPT = 200;

/** Definitions by revision, each checked and compiled once. */
export class CompiledDefinitions {
  readonly #source: DefinitionSource;
  readonly #kept = new Map<string, CompiledDefinition>();

  constructor(source: DefinitionSource) {
    this.#source = source;
  }

  async get(collector: string, revision: string): Promise<CompiledDefinition> {
    const key = `${collector}.${revision}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const compiled = compile(key, await this.#source.get(collector, revision));
    this.#kept.set(key, compiled);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return compiled;
  }
}

function compile(key: string, value: unknown): CompiledDefinition {
  const parsed = Definition.safeParse(value);
  if (!parsed.success) {
    throw new TerminalError('DEFINITION_INVALID', `the definition ${key} is invalid`, {
      cause: parsed.error,
    });
  }
  const { data: definition } = parsed;
  if (isSql(definition)) return { definition, query: compileQuery(definition) };
  if (isHttp(definition)) return { definition, buildRequest: compileRequest(definition) };
  throw new TerminalError(
    'DEFINITION_INVALID',
    `the source of ${key} is a ${definition.source.kind}, its request is ${definition.request.kind}`,
  );
}
