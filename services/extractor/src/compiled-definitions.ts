import {
  compileRequest,
  Definition,
  isHttp,
  type BuildRequest,
  type HttpDefinition,
} from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';

/** A definition with its templates read. */
export interface CompiledDefinition {
  readonly definition: HttpDefinition;
  readonly buildRequest: BuildRequest;
}

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
  if (!isHttp(parsed.data)) {
    throw new TerminalError('DEFINITION_INVALID', `the definition ${key} reads a database`);
  }
  return { definition: parsed.data, buildRequest: compileRequest(parsed.data) };
}
