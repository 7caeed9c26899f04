interface ErrorNote {
  /** What it means, in one sentence. */
  readonly means: string;
  /** What the operator does about it, in one sentence. */
  readonly action: string;
}

/** Every code that an error, an event or a dead letter can carry; `docs/errors.md` is made from this table. */
export const errorCodes = {
  CONFIG_INVALID: {
    means: 'A setting of a service is missing or not of its form.',
    action: 'Read the list of settings in the message, set them, start the service again.',
  },
  COMMAND_INVALID: {
    means: 'A command is not JSON, has an unknown parameter, or a value that makes no sense.',
    action: 'Send it again, corrected; nothing was started.',
  },
  COLLECTOR_UNKNOWN: {
    means: 'No collector of that name is registered.',
    action: 'Check the name with `tidemark status`; look for mistakes in its definition.',
  },
  COLLECTOR_DISABLED: {
    means: 'The collector is registered but switched off or its definition is invalid.',
    action:
      'Look at its reason in `tidemark status`; mend the definition, or switch it on by `tidemark collectors enable <name>`.',
  },
  DEFINITION_INVALID: {
    means: 'A definition has mistakes; each is listed with its path.',
    action: 'Correct them; the last good revision stays in use.',
  },
  DEFINITION_MISSING: {
    means: 'A message names a revision that is not in the definitions bucket yet.',
    action: 'Nothing: it is waited for. If it lasts, look whether the watermark service runs.',
  },
  WINDOW_INVALID: {
    means: 'A window ends before it begins, or does not fit the collector.',
    action: 'Send the command again with `from` before `to`.',
  },
  PLAN_REFUSED: {
    means:
      'What a plan is made from, a query or rows of another collector, cannot be read, is too little or too much.',
    action: 'Read the reason: mend the query, or run the collector first that fills the table.',
  },
  SNAPSHOT_INCOMPLETE: {
    means:
      'A source was read whole, but some of its records were rejected: what vanished is not known.',
    action: 'Read the dead letters of the run; nothing was deleted, the next whole run does it.',
  },
  SNAPSHOT_SHRUNK: {
    means: 'More rows vanished from a source than the definition takes for possible.',
    action:
      'Look at the source; nothing was deleted. If it is right, raise incremental.maxDeletedShare for one run.',
  },
  MESSAGE_INVALID: {
    means: 'A message on a stream does not have the form of its kind.',
    action: 'See the dead letter for its bytes; find who published it.',
  },
  MESSAGE_POISON: {
    means: 'A message ended its process too often and was given up without being run again.',
    action:
      'Look at the dead letter and at the logs of the service at the times of its deliveries.',
  },
  SECRET_MISSING: {
    means: 'A definition names a secret that the extractor does not have.',
    action: 'Set TIDEMARK_SECRET_<NAME> for the extractor and start the run again.',
  },
  SECRET_NOT_BOUND: {
    means: 'A secret is not bound to the host that it would be sent to.',
    action: 'Set TIDEMARK_SECRET_<NAME>_HOSTS for the extractor, or correct the base URL.',
  },
  SOURCE_UNAVAILABLE: {
    means: 'The source did not answer, or answered with an error that time may cure.',
    action: 'Nothing at first: it is tried again. If the chunk failed, start another run later.',
  },
  SOURCE_THROTTLED: {
    means: 'The source asked to wait.',
    action: 'Nothing: it is waited for. If it is frequent, lower the rate of the source.',
  },
  SOURCE_REJECTED: {
    means: 'The source refused the request, and asking again will not help.',
    action: 'Read its answer in the dead letter; correct the request in the definition.',
  },
  SOURCE_AUTH_REJECTED: {
    means: 'The source did not accept the credentials.',
    action: 'Renew the secret and start the run again.',
  },
  SOURCE_REDIRECTED: {
    means: 'The source redirected to another host, which is not followed.',
    action: 'If that is right, declare the new base URL.',
  },
  SOURCE_FORBIDDEN: {
    means:
      'The address of the source is one that no definition may ask for, such as a metadata service.',
    action: 'Correct the base URL or the token URL, or what its name resolves to.',
  },
  RATE_LIMIT_EXCEEDED: {
    means: 'A page would have to wait longer for its turn with the source than `rate.maxWait`.',
    action:
      'Start the run again when the quota of the source is whole again; its range stays open.',
  },
  RESPONSE_TOO_LARGE: {
    means: 'An answer is larger than a page may be.',
    action: 'Declare a smaller page size.',
  },
  RESPONSE_INVALID: {
    means: 'An answer cannot be read as what the definition says it is.',
    action: 'Read the start of it in the dead letter; correct decoder or record path.',
  },
  PAGE_LOOP: {
    means: 'A page names itself as the next one, or repeats the page before.',
    action: 'Correct the pagination of the definition.',
  },
  PAGE_ELSEWHERE: {
    means: 'A page names a next page on another host, which is not asked.',
    action: 'If that is right, declare a source with that base URL.',
  },
  PAGES_EXCEEDED: {
    means: 'A chunk has more pages than the definition allows.',
    action:
      'Look whether the source ends its pages; if it is that large, raise `paginate.maxPages`.',
  },
  PAGES_DRIFTED: {
    means: 'Records came or went while a window was paged, each time it was read.',
    action:
      'Declare a window with an end or a longer `settle`, pages by cursor, or more `paginate.drift.rereads`.',
  },
  DEPTH_EXCEEDED: {
    means: 'The source pages no deeper, and there is no window that could be read in halves.',
    action: 'Declare `incremental.split`, or narrow the request by partitions.',
  },
  WINDOW_TOO_SMALL: {
    means: 'The source says "too many" for a window that is already at its declared minimum.',
    action: 'Lower the minimum, or narrow the request by other parameters.',
  },
  RECORD_TOO_LARGE: {
    means: 'One record is larger than a message can carry.',
    action: 'Leave out its large fields at the source, if the source can.',
  },
  RECORD_INVALID: {
    means: 'A field of a record is missing or not of its declared type.',
    action: 'Read the reason in the dead letter; correct the definition or the source.',
  },
  CURSOR_NULL: {
    means: 'A record has no cursor, and `incremental.nulls` puts such records aside.',
    action: 'Look at the dead letters now and then; they are in no share that fails a chunk.',
  },
  CURSOR_OUT_OF_RANGE: {
    means:
      'The cursor of a record lies outside of what was asked for, and `incremental.outOfRange` rejects that.',
    action:
      'Look whether the source heeds the parameters of the window; `load` takes such records.',
  },
  RECORD_REFUSED: {
    means: 'PostgreSQL refused a record because of its own value.',
    action: 'Read the reason in the dead letter; correct the type of the field.',
  },
  REJECTS_EXCEEDED: {
    means: 'More records of a chunk were rejected than the definition allows.',
    action: 'Read the dead letters of the run; its range stays open and is asked for again.',
  },
  TRANSFORM_FAILED: {
    means: 'The function of a collector threw for a record.',
    action: 'Read the reason in the dead letter; mend the function.',
  },
  TARGET_SCHEMA_MISMATCH: {
    means: 'The target table does not have the columns that the definition declares.',
    action: 'Restore the columns or let the next registration add them; batches wait meanwhile.',
  },
  DATABASE_UNAVAILABLE: {
    means: 'PostgreSQL is away, busy, or does not let us do our work.',
    action: 'Nothing is lost: it is waited for. Look at PostgreSQL.',
  },
  BUS_UNAVAILABLE: {
    means: 'NATS is away or does not answer.',
    action: 'Nothing is lost: it is waited for. Look at NATS.',
  },
  BUS_FULL: {
    means: 'A stream has reached its size; the stage after it is slower.',
    action: 'Nothing: publishing waits. Scale the stage after it if it lasts.',
  },
  RUN_CONFLICT: {
    means: 'Another run of the collector is active.',
    action: 'Wait for it, cancel it, or send the command with another overlap policy.',
  },
  RUN_UNKNOWN: {
    means: 'No run has this id.',
    action: 'Look it up with `tidemark runs`.',
  },
  SERVERS_MISSING: {
    means: 'A server that the local stack needs could not be found or started.',
    action: 'Do what the message says, or set DATABASE_URL and NATS_URL to servers of your own.',
  },
} as const satisfies Record<string, ErrorNote>;

export type ErrorCode = keyof typeof errorCodes;
