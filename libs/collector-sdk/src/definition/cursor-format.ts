import { z } from 'zod';

/** Days as people of different places write them; `date` is `yyyy-MM-dd`. */
export const dayFormats = [
  'date',
  'yyyyMMdd',
  'dd/MM/yyyy',
  'dd-MM-yyyy',
  'MM/dd/yyyy',
  'MM-dd-yyyy',
] as const;

/**
 * How values of the cursor are written in requests: ISO 8601 with a zone, local time without one (`iso-local`), days, epochs
 * or integers. Days and local times are those of the collector's `zone`.
 */
export const CursorFormat = z.enum([
  'iso',
  'iso-local',
  ...dayFormats,
  'epoch-s',
  'epoch-ms',
  'epoch-us',
  'integer',
]);
