import fc from 'fast-check';

// How many cases a property test tries: its own number, or this one for a longer search.
const runs = process.env['TIDEMARK_TEST_RUNS'];
if (runs !== undefined) fc.configureGlobal({ numRuns: Number(runs) });
