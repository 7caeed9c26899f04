import { identifyProcess, type Stack, removeStack, writeStack } from '@tidemark/local';
import { must } from '@tidemark/runtime';

/** Keeps the stack's file true while processes come and go, so that a later start can end what a crash left. */
export class StackFileWriter {
  readonly #folder: string;
  readonly #owner = must(identifyProcess(process.pid), 'this process runs');
  readonly #processes: Stack['processes'][number][] = [];
  readonly addresses: Record<string, string> = {};
  databaseUrl = '';
  natsUrl = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  add(name: string, pid: number): void {
    const identity = identifyProcess(pid);
    if (identity) this.#processes.push({ ...identity, name });
    this.write();
  }

  write(): void {
    writeStack(this.#folder, {
      databaseUrl: this.databaseUrl,
      natsUrl: this.natsUrl,
      addresses: this.addresses,
      owner: this.#owner,
      processes: this.#processes,
    });
  }

  remove(): void {
    removeStack(this.#folder);
  }
}
