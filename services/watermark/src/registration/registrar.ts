import type { Definition } from '@tidemark/collector-sdk';
import { retireCollector } from '@tidemark/store';
import type { Deps } from '../deps.ts';
import { collectorRefused } from '../events.ts';
import { BUILT_IN, fingerprintOf, readCandidates, type Candidate } from './read-candidates.ts';
import { register, type RegistrationSettings } from './register.ts';

export interface RegistrarSettings extends RegistrationSettings {
  readonly builtIns: readonly Definition[];
  readonly folder: string | undefined;
}

/** Keeps the registered collectors what the image and the folder of definitions say. */
export class Registrar {
  readonly #deps: Deps;
  readonly #settings: RegistrarSettings;
  #fingerprint: string | undefined;
  /** What was registered of each name; a name is missing while its registration has not come through. */
  readonly #done = new Map<string, string>();
  /** The name of the collector that each file defined when it last told one. */
  readonly #names = new Map<string, string>();

  constructor(deps: Deps, settings: RegistrarSettings) {
    this.#deps = deps;
    this.#settings = settings;
  }

  /** Registers what changed since the last look, and what failed at it. One that fails does not stop the others. */
  async scan(): Promise<void> {
    const { builtIns, folder } = this.#settings;
    const fingerprint = await fingerprintOf(folder);
    if (fingerprint === this.#fingerprint) return;
    const candidates = this.#underKnownNames(await readCandidates(builtIns, folder));
    const failures: unknown[] = [];
    for (const candidate of candidates) {
      await this.#registerOnce(candidate).catch((error: unknown) => failures.push(error));
    }
    await this.#retireMissing(candidates);
    if (failures.length > 0) throw failures[0];
    this.#fingerprint = fingerprint;
  }

  /** A file that has lost its name by a mistake still stands for the collector that it defined: the last good one stays. */
  #underKnownNames(candidates: readonly Candidate[]): Candidate[] {
    const named = candidates.filter(({ namedBy }) => namedBy === 'itself');
    const byName = new Map(named.map((candidate) => [candidate.name, candidate]));
    for (const { origin, name } of named) this.#names.set(origin, name);
    for (const candidate of candidates.filter(({ namedBy }) => namedBy === 'file')) {
      const known = this.#names.get(candidate.origin) ?? candidate.name;
      const holder = byName.get(known);
      const name = holder === undefined || holder.origin === BUILT_IN ? known : candidate.name;
      byName.set(name, { ...candidate, name });
    }
    return [...byName.values()];
  }

  async #registerOnce(candidate: Candidate): Promise<void> {
    const content = JSON.stringify(candidate);
    if (this.#done.get(candidate.name) === content) return;
    this.#done.delete(candidate.name);
    await register(this.#deps, candidate, this.#settings);
    this.#done.set(candidate.name, content);
  }

  async #retireMissing(candidates: readonly Candidate[]): Promise<void> {
    const present = new Set(candidates.map(({ name }) => name));
    for (const collectorName of this.#done.keys()) {
      if (present.has(collectorName)) continue;
      const reason = 'its definition was removed';
      await this.#deps.store.with((db) => retireCollector(db, collectorName, reason));
      collectorRefused(this.#deps, { collectorName, status: 'invalid', reason });
      this.#done.delete(collectorName);
    }
  }
}
