import { z } from 'zod';

/** How values of the cursor are written in requests. */
export const CursorFormat = z.enum(['iso', 'date', 'epoch-s', 'epoch-ms', 'epoch-us', 'integer']);
