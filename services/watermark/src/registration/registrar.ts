import type { Definition } from '@tidemark/collector-sdk';
import { listCollectorsOfFiles, retireCollector, type CollectorOfFile } from '@tidemark/store';
import type { Deps } from '../deps.ts';
import { collectorRefused } from '../events.ts';
import { BUILT_IN, fingerprintOf, readCandidates, type Candidate } from './read-candidates.ts';
import { register, type RegistrationSettings } from './register.ts';

const REMOVED = 'its definition was removed';

export interface RegistrarSettings extends RegistrationSettings {
  readonly builtIns: readonly Definition[];
  readonly folder: string | undefined;
}

/** Keeps the registered collectors what the image and the folder of definitions say. */
export class Registrar {
  readonly #deps: Deps;
  readonly #settings: RegistrarSettings;
  #fingerprint: string | undefined;
  #turn: Promise<void> = Promise.resolve();
  /** What was registered of each name; a name is missing while its registration has not come through. */
  readonly #done = new Map<string, string>();

  constructor(deps: Deps, settings: RegistrarSettings) {
    this.#deps = deps;
    this.#settings = settings;
  }

  /** Registers what changed since the last look, and what failed at it. One that fails does not stop the others. */
  scan(): Promise<void> {
    // Two at once would register the same definition twice.
    const scanned = this.#turn.catch(() => undefined).then(() => this.#scan());
    this.#turn = scanned;
    return scanned;
  }

  async #scan(): Promise<void> {
    const { builtIns, folder } = this.#settings;
    const fingerprint = await fingerprintOf(folder);
    if (fingerprint === this.#fingerprint) return;
    const ofFiles = await this.#deps.store.with((db) => listCollectorsOfFiles(db, REMOVED));
    const candidates = this.#underKnownNames(await readCandidates(builtIns, folder), ofFiles);
    const failures: unknown[] = [];
    for (const candidate of candidates) {
      await this.#registerOnce(candidate).catch((error: unknown) => failures.push(error));
    }
    await this.#retireMissing(candidates);
    if (failures.length > 0) throw failures[0];
    this.#fingerprint = fingerprint;
  }

  /** A file that has lost its name by a mistake still stands for the collector that it defined: the last good one stays. */
  #underKnownNames(
    candidates: readonly Candidate[],
    ofFiles: readonly CollectorOfFile[],
  ): Candidate[] {
    const names = new Map(ofFiles.map(({ origin, name }) => [origin, name]));
    const named = candidates.filter(({ namedBy }) => namedBy === 'itself');
    const byName = new Map(named.map((candidate) => [candidate.name, candidate]));
    for (const candidate of candidates.filter(({ namedBy }) => namedBy === 'file')) {
      const known = names.get(candidate.origin) ?? candidate.name;
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

  /** Asks the database, since a file may have been removed while nobody looked. */
  async #retireMissing(candidates: readonly Candidate[]): Promise<void> {
    const present = new Set(candidates.map(({ name }) => name));
    const ofFiles = await this.#deps.store.with((db) => listCollectorsOfFiles(db, REMOVED));
    for (const { name: collectorName } of ofFiles) {
      if (present.has(collectorName)) continue;
      const reason = REMOVED;
      await this.#deps.store.with((db) => retireCollector(db, collectorName, reason));
      collectorRefused(this.#deps, { collectorName, status: 'invalid', reason });
      this.#done.delete(collectorName);
    }
  }
}
