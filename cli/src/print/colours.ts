import { isatty } from 'node:tty';
import picocolors from 'picocolors';

/** Colours for people at a terminal; a pipe, a file and the log of a build get plain text. */
export const colours = picocolors.createColors(isatty(1) && picocolors.isColorSupported);
