import type { Definition } from '../definition/definition.ts';

export interface Mistake {
  /** Where in the definition, keys and places joined by dots; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The sections of a definition whose form is right. */
export type Sections = Partial<Definition>;
