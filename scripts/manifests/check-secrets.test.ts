import { expect, test } from 'vitest';
import { checkPasswords, checkSecrets, secretsNeeded } from './check-secrets.ts';
import { readManifests } from './manifest.ts';

const made = readManifests(`
apiVersion: v1
kind: Secret
metadata: { name: tidemark-cli }
stringData: { NATS_URL: x }
`);

function cronJob(key: string, whole: string): string {
  return `
apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly }
spec: { jobTemplate: { spec: { template: { metadata: {}, spec: { containers: [{ name: a, image: 'tidemark:1', envFrom: [{ secretRef: { ${whole} } }],
  env: [{ name: NATS_URL, valueFrom: { secretKeyRef: { name: tidemark-cli, key: ${key} } } }] }] } } } } }
`;
}

test('a Secret, and the key of one, that a pod cannot start without has to be made', () => {
  const optional = 'name: sources, optional: true';
  const problems = (key: string, whole: string): string[] =>
    checkSecrets(readManifests(cronJob(key, whole)), made);

  expect(problems('NATS_URL', optional)).toEqual([]);
  expect(problems('NATS', optional)).toEqual([
    'CronJob nightly: the Secret tidemark-cli has no key NATS',
  ]);
  expect(problems('NATS_URL', 'name: sources')).toEqual([
    'CronJob nightly: the Secret sources is not made',
  ]);
  expect(secretsNeeded(readManifests(cronJob('NATS_URL', optional)))).toHaveLength(1);
});

test('a server is given every password that its configuration names', () => {
  expect(checkPasswords(made, { 'tidemark-cli': ['NATS_URL'] })).toEqual([]);
  expect(checkPasswords(made, { 'tidemark-cli': ['OTHER'], 'tidemark-nats': ['A'] })).toHaveLength(
    2,
  );
});
