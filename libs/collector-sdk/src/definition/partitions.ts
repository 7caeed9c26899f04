import { Partition } from '@tidemark/contracts';
import { z } from 'zod';

/** The sets of values that a collector is run for. */
export const Partitions = z.array(Partition).min(1).default([{}]);
