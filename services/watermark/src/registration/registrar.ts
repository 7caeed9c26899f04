import type { Definition } from '@tidemark/collector-sdk';
import { retireCollector } from '@tidemark/store';
import type { Deps } from '../deps.ts';
import { collectorRefused } from '../events.ts';
import { fingerprintOf, readCandidates, type Candidate } from './read-candidates.ts';
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

  constructor(deps: Deps, settings: RegistrarSettings) {
    this.#deps = deps;
    this.#settings = settings;
  }

  /** Registers what changed since the last look, and what failed at it. One that fails does not stop the others. */
  async scan(): Promise<void> {
    const { builtIns, folder } = this.#settings;
    const fingerprint = await fingerprintOf(folder);
    if (fingerprint === this.#fingerprint) return;
    const candidates = await readCandidates(builtIns, folder);
    const failures: unknown[] = [];
    for (const candidate of candidates) {
      await this.#registerOnce(candidate).catch((error: unknown) => failures.push(error));
    }
    await this.#retireMissing(candidates);
    if (failures.length > 0) throw failures[0];
    this.#fingerprint = fingerprint;
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
