// Holds the direction of imports between packages; see "Layout" in docs/architecture.md.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findProblems } from './architecture/find-problems.ts';
import { readWorkspace } from './architecture/read-workspace.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const workspace = readWorkspace(root);
const problems = findProblems(workspace, (file) => readFileSync(file, 'utf8'));
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
