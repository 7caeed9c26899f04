import { expect, test } from 'vitest';
import { checkNetwork } from './check-network.ts';
import { readManifests } from './manifest.ts';

const good = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://jaeger:4318' }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: loader }
spec:
  template:
    metadata: { labels: { app.kubernetes.io/name: loader } }
    spec:
      containers:
        - name: service
          image: tidemark:1.0.0
          envFrom: [{ configMapRef: { name: settings } }]
          env:
            - { name: NATS_URL, valueFrom: { secretKeyRef: { name: s, key: NATS_URL } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: nats }
spec: { template: { metadata: { labels: { app.kubernetes.io/name: nats } }, spec: { containers: [{ name: nats, image: 'nats:2' }] } } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: all }
spec:
  podSelector: {}
  egress: [{ ports: [{ port: 53 }, { port: 4318 }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: to-nats }
spec:
  podSelector: { matchExpressions: [{ key: app.kubernetes.io/name, operator: In, values: [loader] }] }
  egress: [{ to: [{ podSelector: { matchLabels: { app.kubernetes.io/name: nats } } }], ports: [{ port: 4222 }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: nats }
spec:
  podSelector: { matchLabels: { app.kubernetes.io/name: nats } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app.kubernetes.io/name: loader } } }], ports: [{ port: 4222 }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: metrics }
spec:
  podSelector: { matchLabels: { app.kubernetes.io/name: loader } }
  ingress: [{ ports: [{ port: 8080 }] }]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: to-sources }
spec:
  podSelector: { matchLabels: { app.kubernetes.io/name: extractor } }
  egress:
    - to: [{ ipBlock: { cidr: 0.0.0.0/0, except: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16] } }]
`;

test('policies that let everybody do its work and no more are no problem', () => {
  expect(checkNetwork(readManifests(good))).toEqual([]);
});

test.each([
  [
    'values: [loader]',
    'values: [loading]',
    'Deployment loader: no network policy lets it out to port 4222',
  ],
  ['ports: [{ port: 53 }, ', 'ports: [', 'lets it out to port 53'],
  ['{ port: 4318 }', '{ port: 4317 }', 'lets it out to port 4318'],
  [
    'ingress: [{ from: [{ podSelector: { matchLabels: { app.kubernetes.io/name: loader } } }]',
    'ingress: [{ from: [{ podSelector: { matchLabels: { app.kubernetes.io/name: load } } }]',
    'StatefulSet nats: does not let Deployment loader in',
  ],
  ['ports: [{ port: 8080 }]', 'ports: [{ port: 80 }]', 'nobody may ask it for its metrics'],
  ['10.0.0.0/8, ', '', '10.0.0.0/8 is not outside'],
  ['{ matchLabels: { app.kubernetes.io/name: extractor } }', '{}', 'more than the extractor'],
])('%s changed to %s is found', (from, to, problem) => {
  expect(good).toContain(from);
  expect(checkNetwork(readManifests(good.replace(from, to))).join('\n')).toContain(problem);
});
