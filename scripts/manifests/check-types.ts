import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nameOf, type Manifest } from './manifest.ts';

/** Where the types of each kind are. The compiler refuses a field that its type does not have; a schema would let it pass. */
const packages: readonly { readonly group: RegExp; readonly name: string }[] = [
  { group: /^keda\.sh\//, name: '@kubernetes-models/keda' },
  {
    group: /^(v1$|[a-z0-9.]*\.k8s\.io\/|apps\/|batch\/|autoscaling\/|policy\/)/,
    name: 'kubernetes-models',
  },
];

/** Finds what is not of its Kubernetes (or KEDA) type: unknown fields, missing ones, wrong values; one sentence each. */
export function checkTypes(root: string, manifests: readonly Manifest[]): string[] {
  const folder = join(root, '.tidemark', `manifests-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    const problems = manifests.flatMap((manifest, index) => {
      const source = typedLiteral(manifest);
      if (source === undefined) {
        return [`${nameOf(manifest)}: nobody knows the type ${manifest.apiVersion}`];
      }
      writeFileSync(join(folder, `m${index}.ts`), source);
      return [];
    });
    return [...problems, ...compile(root, folder, manifests)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function typedLiteral(manifest: Manifest): string | undefined {
  const found = packages.find(({ group }) => group.test(manifest.apiVersion));
  if (!found) return undefined;
  const type = `I${manifest.kind}`;
  const from = `${found.name}/${manifest.apiVersion}`;
  return `import type { ${type} } from '${from}';\nexport const manifest: ${type} = ${JSON.stringify(manifest, null, 2)};\n`;
}

const options = {
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  target: 'esnext',
  module: 'nodenext',
  types: [],
};

function compile(root: string, folder: string, manifests: readonly Manifest[]): string[] {
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['*.ts'] }),
  );
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const { status, stdout, stderr, error } = spawnSync(tsc, ['-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
  });
  if (error) throw error;
  const found = stdout
    .split('\n')
    .filter((line) => line.includes(': error TS'))
    .map((line) => sentence(line, manifests));
  if (status !== 0 && found.length === 0) return [`the compiler failed: ${stdout}${stderr}`];
  return found;
}

function sentence(line: string, manifests: readonly Manifest[]): string {
  const [, index = '', message = line] =
    /m(\d+)\.ts\(\d+,\d+\): error TS\d+: (.*)/.exec(line) ?? [];
  const manifest = index === '' ? undefined : manifests[Number(index)];
  return manifest ? `${nameOf(manifest)}: ${message}` : line;
}
