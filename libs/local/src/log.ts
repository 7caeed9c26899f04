/** Takes one plain sentence for a person to read. */
export type Log = (sentence: string) => void;
