// Holds the direction of imports between packages, and what a process may start with; see "Layout" in docs/architecture.md.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { findNeedless } from './architecture/find-needless.ts';
import { findProblems } from './architecture/find-problems.ts';
import { readWorkspace } from './architecture/read-workspace.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const workspace = readWorkspace(root);
const read = (file: string): string => readFileSync(file, 'utf8');
const problems = [...findProblems(workspace, read), ...findNeedless(workspace, read)];
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
