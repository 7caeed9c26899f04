import { errorCodes } from '@tidemark/contracts';
import { markdownTable } from './markdown-table.ts';

/** The text of `docs/errors.md`. */
export function errorsPage(): string {
  return [
    '# Error codes',
    'Made by `npm run docs` from `libs/contracts/src/error-codes.ts`; do not edit.',
    `The code stands in log lines (\`err.code\`), in \`tidemark.chunks.error_code\` and \`tidemark.dead_letters.code\`, and before the
colon of each reason that answers a refused command.`,
    markdownTable(
      ['code', 'what it means', 'what to do'],
      Object.entries(errorCodes).map(([code, note]) => [`\`${code}\``, note.means, note.action]),
    ),
  ].join('\n\n');
}
