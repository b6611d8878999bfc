import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { image, only } from './support/dockerfile.ts';
import { FINISH_WITHIN_SECONDS, knownSettings, neededMemoryMb, PORT } from './support/promises.ts';
import { readSource } from './support/source-files.ts';

// The fields of Kubernetes' API reference that our files use. Strict: Kubernetes drops a misspelled field in silence.
const name = z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
const labels = z.record(z.string(), z.string());
const metadata = z.strictObject({ name, labels: labels.optional() });
const selector = z.strictObject({ matchLabels: labels });
const portNumber = z.int().min(1).max(65_535);
const port = z.union([portNumber, name]);
const seconds = z.int().min(1);
const probe = z.strictObject({
  httpGet: z.strictObject({ path: z.string().startsWith('/'), port }),
  periodSeconds: seconds,
  timeoutSeconds: seconds,
  failureThreshold: z.int().min(1),
});
const amounts = z.strictObject({
  cpu: z.string().regex(/^\d+m?$/),
  memory: z.string().regex(/^\d+Mi$/),
});
const container = z.strictObject({
  name,
  image: z.string(),
  envFrom: z.array(z.strictObject({ secretRef: z.strictObject({ name }) })),
  env: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  ports: z.array(z.strictObject({ name, containerPort: portNumber })),
  resources: z.strictObject({ requests: amounts, limits: amounts }),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  lifecycle: z.strictObject({
    preStop: z.strictObject({ sleep: z.strictObject({ seconds }) }),
  }),
  securityContext: z.strictObject({
    readOnlyRootFilesystem: z.literal(true),
    allowPrivilegeEscalation: z.literal(false),
    capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
  }),
});
const deployment = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  metadata,
  spec: z.strictObject({
    replicas: z.int(),
    strategy: z.strictObject({
      type: z.literal('RollingUpdate'),
      rollingUpdate: z.strictObject({ maxSurge: z.int(), maxUnavailable: z.int() }),
    }),
    minReadySeconds: z.int(),
    progressDeadlineSeconds: seconds,
    revisionHistoryLimit: z.int(),
    selector,
    template: z.strictObject({
      metadata: z.strictObject({ labels }),
      spec: z.strictObject({
        terminationGracePeriodSeconds: seconds,
        automountServiceAccountToken: z.literal(false),
        enableServiceLinks: z.literal(false),
        securityContext: z.strictObject({
          runAsNonRoot: z.literal(true),
          seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
        }),
        topologySpreadConstraints: z.array(
          z.strictObject({
            maxSkew: z.int().min(1),
            topologyKey: z.string(),
            whenUnsatisfiable: z.enum(['DoNotSchedule', 'ScheduleAnyway']),
            labelSelector: selector,
          }),
        ),
        containers: z.tuple([container]),
      }),
    }),
  }),
});
const peers = z.array(
  z.union([
    z.strictObject({ namespaceSelector: selector }),
    z.strictObject({ ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()) }) }),
  ]),
);
const policyPorts = z.array(z.strictObject({ protocol: z.enum(['TCP', 'UDP']).optional(), port }));
const networkPolicy = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('NetworkPolicy'),
  metadata,
  spec: z.strictObject({
    podSelector: selector,
    policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
    ingress: z.array(z.strictObject({ from: peers, ports: policyPorts })),
    egress: z.array(z.strictObject({ to: peers, ports: policyPorts })).optional(),
  }),
});
const disruptionBudget = z.strictObject({
  apiVersion: z.literal('policy/v1'),
  kind: z.literal('PodDisruptionBudget'),
  metadata,
  spec: z.strictObject({
    maxUnavailable: z.int(),
    unhealthyPodEvictionPolicy: z.literal('AlwaysAllow'),
    selector,
  }),
});
const podMonitor = z.strictObject({
  apiVersion: z.literal('monitoring.coreos.com/v1'),
  kind: z.literal('PodMonitor'),
  metadata,
  spec: z.strictObject({
    selector,
    podMetricsEndpoints: z.array(z.strictObject({ port: name, interval: z.string() })),
  }),
});
const service = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('Service'),
  metadata,
  spec: z.strictObject({
    selector: labels,
    ports: z.array(z.strictObject({ name, port: portNumber, targetPort: port })),
  }),
});
const ingress = z.strictObject({
  apiVersion: z.literal('networking.k8s.io/v1'),
  kind: z.literal('Ingress'),
  metadata,
  spec: z.strictObject({
    rules: z.array(
      z.strictObject({
        host: z.string(),
        http: z.strictObject({
          paths: z.array(
            z.strictObject({
              path: z.string(),
              pathType: z.enum(['Exact', 'Prefix']),
              backend: z.strictObject({
                service: z.strictObject({ name, port: z.strictObject({ name }) }),
              }),
            }),
          ),
        }),
      }),
    ),
    tls: z.array(z.strictObject({ hosts: z.array(z.string()), secretName: name })),
  }),
});
const object = z.discriminatedUnion('kind', [
  deployment,
  networkPolicy,
  disruptionBudget,
  podMonitor,
  service,
  ingress,
]);

const FOLDER = 'docs/kubernetes';
const kustomization = z
  .strictObject({
    apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
    kind: z.literal('Kustomization'),
    resources: z.array(z.string()),
    images: z.array(z.strictObject({ name: z.string(), newName: z.string(), newTag: z.string() })),
  })
  .parse(parse(readSource(`${FOLDER}/kustomization.yaml`)));
const files = readdirSync(FOLDER).filter((file) => file !== 'kustomization.yaml');
const objects = files.flatMap((file) =>
  parseAllDocuments(readSource(`${FOLDER}/${file}`)).map((one) => object.parse(one.toJS())),
);

const found = objects.find(({ kind }) => kind === 'Deployment');
if (found?.kind !== 'Deployment') throw new Error('There is no Deployment');
const { replicas, strategy, template } = found.spec;
const pod = template.spec;
const [bot] = pod.containers;

test('two bots run, and an update never leaves fewer', () => {
  expect(replicas).toBe(2);
  expect(strategy.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
});

test('every object selects the Pods of the Deployment', () => {
  const selecting = objects.map((one) => {
    if (one.kind === 'Ingress') return template.metadata.labels;
    if (one.kind === 'NetworkPolicy') return one.spec.podSelector.matchLabels;
    return one.kind === 'Service' ? one.spec.selector : one.spec.selector.matchLabels;
  });
  expect(selecting).toEqual(objects.map(() => template.metadata.labels));
  expect(pod.topologySpreadConstraints[0]?.labelSelector.matchLabels).toEqual(
    template.metadata.labels,
  );
});

test('objects name only ports that the bot opens', () => {
  const opened = bot.ports.map((one) => one.name);
  const wanted = objects.flatMap((one) => {
    if (one.kind === 'PodMonitor') return one.spec.podMetricsEndpoints.map((to) => to.port);
    if (one.kind === 'Service') return one.spec.ports.map((to) => to.targetPort);
    if (one.kind === 'NetworkPolicy') {
      return one.spec.ingress.flatMap(({ ports }) => ports.map((to) => to.port));
    }
    return [];
  });
  expect(wanted.length).toBeGreaterThan(3);
  expect(wanted.filter((to) => !opened.includes(String(to)))).toEqual([]);
});

test('the bot listens where its ports say, on the port of the image', () => {
  const env = Object.fromEntries(bot.env.map((one) => [one.name, one.value]));
  const ports = Object.fromEntries(bot.ports.map((one) => [one.name, String(one.containerPort)]));
  expect(ports).toEqual({ http: env['PORT'], metrics: env['METRICS_PORT'] });
  expect(env['PORT']).toBe(String(PORT));
});

test('settings come from a Secret that no file here holds, and the others exist', () => {
  expect(bot.envFrom).toEqual([{ secretRef: { name: 'lead-alerts' } }]);
  expect(bot.env.map((one) => one.name).filter((one) => !knownSettings().includes(one))).toEqual(
    [],
  );
});

test('the Pod may take as long to stop as the bot may', () => {
  const { seconds: delay } = bot.lifecycle.preStop.sleep;
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(delay + FINISH_WITHIN_SECONDS);
});

test('the Pod gets more memory than was measured', () => {
  const mebibytes = ({ memory }: { memory: string }): number => Number.parseInt(memory, 10);
  expect(mebibytes(bot.resources.requests)).toBeGreaterThan(neededMemoryMb().bot);
  expect(mebibytes(bot.resources.limits)).toBeGreaterThan(neededMemoryMb().withHealthCheck);
});

test('a bot that is alive but not ready is not restarted', () => {
  expect(bot.startupProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
  expect(bot.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'http' });
  expect(bot.readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'http' });
});

test('a probe of readiness waits longer than the bot takes to answer', () => {
  const [, answer] = /ANSWER_WITHIN_MS = (\d)_000/.exec(readSource('src/ops/readiness.ts')) ?? [];
  expect(bot.readinessProbe.timeoutSeconds).toBeGreaterThan(Number(answer));
});

test('the image runs as a user that Kubernetes knows not to be root', () => {
  expect(only(image, 'USER')).toMatch(/^[1-9]\d*:/);
  expect(kustomization.images.map((one) => one.name)).toEqual([bot.image]);
});

test('kubectl apply -k applies what docs/kubernetes.md does not say to apply by hand', () => {
  const byHand = files.filter((file) =>
    new RegExp(`\`${file}\` \\|.*by hand`).test(readSource('docs/kubernetes.md')),
  );
  expect([...kustomization.resources, ...byHand].sort()).toEqual([...files].sort());
});

test('over HTTP, Slack reaches only its own path', () => {
  const paths = objects.flatMap((one) =>
    one.kind === 'Ingress' ? one.spec.rules.flatMap(({ http }) => http.paths) : [],
  );
  expect(paths.map(({ path, pathType }) => [path, pathType])).toEqual([['/slack/events', 'Exact']]);
});
