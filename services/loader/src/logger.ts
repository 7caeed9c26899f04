import { createLogger } from '@tidemark/runtime';

export const logger = createLogger('loader');
