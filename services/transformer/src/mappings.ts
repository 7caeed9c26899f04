import {
  Definition,
  compileMapping,
  type MapRecords,
  type MapTexts,
  type RecordFunction,
  compileTextMapping,
} from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';

/** Where definitions come from. */
export interface DefinitionSource {
  get(name: string, revision: string): Promise<unknown>;
}

/** The two ways of one mapping; the first there is, and that takes a part, gives the same rows. */
export interface Mapping {
  readonly mapTexts: MapTexts | undefined;
  readonly mapRecords: MapRecords;
}

/** Revisions beyond this are forgotten, oldest first; they can be read again. */
const MOST_KEPT = 200;

/** The mapping of each revision of a definition, made once. */
export class Mappings {
  readonly #source: DefinitionSource;
  readonly #functions: Readonly<Record<string, RecordFunction>>;
  readonly #kept = new Map<string, Mapping>();

  constructor(source: DefinitionSource, functions: Readonly<Record<string, RecordFunction>>) {
    this.#source = source;
    this.#functions = functions;
  }

  async get(collector: string, revision: string): Promise<Mapping> {
    const key = `${collector}.${revision}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const read = Definition.safeParse(await this.#source.get(collector, revision));
    if (!read.success) {
      throw new TerminalError(
        'DEFINITION_INVALID',
        `revision ${revision} of ${collector} cannot be read; register the collector again`,
        { cause: read.error },
      );
    }
    const mapping = {
      mapTexts: compileTextMapping(read.data),
      mapRecords: compileMapping(read.data, this.#functions),
    };
    this.#kept.set(key, mapping);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return mapping;
  }
}
