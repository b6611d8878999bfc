import { expect, test } from 'vitest';
import {
  codeOf,
  type Import,
  importsOf,
  readSource,
  sourceFiles,
  sqlFiles,
} from './support/source-files.ts';

type Allowed = readonly RegExp[];

/** Not all of date-fns: docs/performance.md says what that loads. */
const DATES = [/^date-fns\/\w+$/, /^@date-fns\/tz$/];
const LOG = /^src\/ops\/log\.ts$/;
const TYPES_OF_SLACK: Allowed = [/^@slack\/types$/];

/** What the files of a folder may import; `types` only as types. A folder missing here fails a test. */
const WALLS: Readonly<Record<string, { free: Allowed; types: Allowed }>> = {
  'src/core': { free: [/^src\/core\//, ...DATES], types: TYPES_OF_SLACK },
  blocks: { free: [/^blocks\//, /^src\/core\//, ...DATES], types: TYPES_OF_SLACK },
  'src/adapters': {
    free: [
      /^src\/(?:adapters|core)\//,
      /^@slack\/web-api$/,
      /^@supabase\/supabase-js$/,
      /^standardwebhooks$/,
      /^zod$/,
      /^node:crypto$/,
    ],
    types: [...TYPES_OF_SLACK, LOG, /^@slack\/bolt$/],
  },
  'src/access': {
    free: [/^src\/(?:access|core)\//, /^node:timers\/promises$/],
    types: [LOG],
  },
  'src/jobs': {
    free: [
      /^src\/(?:jobs|core)\//,
      /^blocks\//,
      /^node-cron$/,
      /^zod$/,
      /^node:(?:crypto|timers\/promises)$/,
      ...DATES,
    ],
    types: [...TYPES_OF_SLACK, LOG],
  },
  'src/listeners': {
    free: [
      /^src\/(?:listeners|core)\//,
      /^blocks\//,
      /^src\/access\/channel-scoped-alerts\.ts$/,
      /^zod$/,
      /^node:timers\/promises$/,
      ...DATES,
    ],
    types: [...TYPES_OF_SLACK, LOG, /^@slack\/bolt$/],
  },
};

const others = new Set([
  'src/ops',
  'src/sql',
  'src/sandbox',
  'src/lifecycle',
  'src/intake',
  'src/doctor',
  'src/erase',
  'src/trace',
]);

/** Bottom floor first. A file imports from its own floor and those below. */
const FLOORS: readonly RegExp[] = [
  /^src\/(?:core\/|(?:env|settings|dot-env|proxy)\.ts$)/,
  /^blocks\//,
  /^src\/(?:adapters|access|jobs|listeners|ops|sql)\//,
  /^src\/(?:lifecycle|intake)\//,
  /^src\/wire(?:-delivery|-metrics)?\.ts$/,
  /^src\/(?:main\.ts$|doctor\/|erase\/|trace\/)/,
];
const floorOf = (file: string): number => FLOORS.findIndex((floor) => floor.test(file));

const within = (allowed: Allowed, from: string): boolean => allowed.some((one) => one.test(from));
const spelled = ({ from, typeOnly }: Import): string => `${typeOnly ? 'type ' : ''}${from}`;

test('every source folder has a wall, or is listed as needing none', () => {
  const folders = sourceFiles('src').filter((file) => file.split('/').length > 2);
  const names = new Set(folders.map((file) => file.split('/').slice(0, 2).join('/')));
  expect([...names].filter((name) => !(name in WALLS) && !others.has(name))).toEqual([]);
});

const walled = Object.entries(WALLS).flatMap(([folder, wall]) =>
  sourceFiles(folder).map((file) => ({ file, ...wall })),
);

test.each(walled)('$file imports nothing from beyond its wall', ({ file, free, types }) => {
  const beyond = importsOf(file).filter(
    ({ from, typeOnly }) => !within(free, from) && !(typeOnly && within(types, from)),
  );
  expect(beyond.map(spelled)).toEqual([]);
});

const outside = sourceFiles('src', 'blocks').filter(
  (file) => !file.startsWith('src/sandbox/') && !file.startsWith('src/sql/'),
);

test.each(outside)('%s imports nothing from a floor above', (file) => {
  expect(floorOf(file)).not.toBe(-1);
  const above = importsOf(file).filter(({ from }) => floorOf(from) > floorOf(file));
  expect(above.map(spelled)).toEqual([]);
});

test.each(outside)('%s does not import the sandbox', (file) => {
  expect(importsOf(file).filter(({ from }) => from.includes('src/sandbox/'))).toEqual([]);
});

const imported = new Map(
  sourceFiles('src', 'blocks').map((file) => [file, importsOf(file).map(({ from }) => from)]),
);

/** The import circles reached from a file, each as `a -> b -> a`; `seen` holds the files already followed. */
function circlesFrom(file: string, path: readonly string[], seen: Set<string>): string[] {
  if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(' -> ')];
  if (seen.has(file)) return [];
  seen.add(file);
  return (imported.get(file) ?? []).flatMap((next) => circlesFrom(next, [...path, file], seen));
}

test('no imports form a circle, not even type imports', () => {
  const seen = new Set<string>();
  expect([...imported.keys()].flatMap((file) => circlesFrom(file, [], seen))).toEqual([]);
});

test('only the wiring imports adapters', () => {
  const users = sourceFiles('src', 'blocks').filter((file) =>
    importsOf(file).some(({ from }) => from.startsWith('src/adapters/')),
  );
  const wiring =
    /^src\/(?:adapters\/.*|lifecycle\/.*|main|wire(?:-delivery|-metrics)?|intake\/stay-connected|ops\/readiness|doctor\/(?:blocks|checks|channels|rights|user-groups)|erase\/erasure|trace\/examine-lead)\.tsx?$/;
  expect(users.filter((file) => !wiring.test(file))).toEqual([]);
});

test('only the commands of package.json and the image read the environment', () => {
  const commands = `${readSource('package.json')}${readSource('Dockerfile')}`;
  const entries = [...commands.matchAll(/\b(src\/[\w/.-]+\.ts)/g)].map(([, file]) => file);
  expect(entries).toContain('src/main.ts');
  const readers = outside.filter((file) => /\bprocess\s*[.[]\s*['"]?env\b/.test(readSource(file)));
  expect(readers.filter((file) => !entries.includes(file))).toEqual([]);
});

test('core, adapters, jobs, listeners and blocks never end the process', () => {
  const enders = sourceFiles(
    'src/core',
    'src/adapters',
    'src/jobs',
    'src/listeners',
    'blocks',
  ).filter((file) => /\bprocess\.(?:exit|kill|abort)\b/.test(codeOf(file)));
  expect(enders).toEqual([]);
});

const everything = sourceFiles('src', 'blocks', 'test');
const marks = (tool: string, ...words: readonly string[]): RegExp =>
  new RegExp(`${tool}-(?:${words.join('|')})([^\\n]*)`, 'g');
/** React and accessibility rules that the page may suppress, with the reason on the same line. */
const OF_THE_PAGE =
  /^ lint\/(?:a11y\/|correctness\/useExhaustiveDependencies|suspicious\/noArrayIndexKey).*: \w/;

test.each(everything)('%s suppresses no type checker or linter', (file) => {
  const source = readSource(file);
  expect(source).not.toMatch(marks('@ts', 'ignore', 'nocheck', 'expect-error'));
  const silenced = [...source.matchAll(marks('biome', 'ignore'))].map(([, rule = '']) => rule);
  const page = file.startsWith('src/sandbox/page/');
  expect(silenced.filter((rule) => !(page && OF_THE_PAGE.test(rule)))).toEqual([]);
});

test.each(everything)("%s uses no URL's pathname as a path, where a space is %%20", (file) => {
  expect(codeOf(file)).not.toMatch(/import\.meta\.url\s*\)\s*\.pathname/);
});

test.each(everything)('%s does not use the type any', (file) => {
  const code = codeOf(file);
  expect(code).not.toMatch(/(?:[:<|&]|\bas|\bextends)\s*any\b(?=\s*(?:[;,)>=|&\]}[]|$))/m);
  expect(code).not.toMatch(/<[^<>()]*,\s*any\s*>/);
});

test('core and blocks take the time as an argument', () => {
  const clocks = sourceFiles('src/core', 'blocks').filter((file) =>
    /\bDate\.now\(|new Date\(\)|\bperformance\.now\(/.test(codeOf(file)),
  );
  expect(clocks).toEqual([]);
});

/** The two functions, their parts, and the file that writes the index expressions. */
const FORMS =
  /\/(?:normal_domain|normal_name|unicode_label|ascii_domain|indexed_host|indexed_name)\.sql$/;
/** From `sql/lead-scoring/indexes.sql`: what these find is then compared by the two functions, or is only a similar name. */
const INDEXED = [
  /left\(lower\(c\.domain\), 253\)/g,
  /lower\(left\(c\.domain, 253\)\)/g,
  /left\(lower\(split_part\(d\.email, '+@'+, 2\)\), 253\)/g,
  /left\(case when d\.company_domain ~ .* end, 253\)/g,
];
const NAMES = /domain|host|company_name|full_name|account_key/i;

test('only normal_domain and normal_name compare domains and names regardless of spelling', () => {
  const found = sqlFiles('sql/lead-bot/functions')
    .filter((file) => !FORMS.test(file))
    .flatMap((file) => {
      const sql = readSource(file).replace(/^\s*--.*$|^comment on [\s\S]*?;$/gm, '');
      const rest = INDEXED.reduce((text, expression) => text.replace(expression, 'INDEXED'), sql);
      return rest
        .split('\n')
        .filter(
          (line) => /\b(?:lower|upper|initcap)\(|\bilike\b|~\*/.test(line) && NAMES.test(line),
        )
        .map((line) => `${file}: ${line.trim()}`);
    });
  expect(found).toEqual([]);
  const inCode = [...sourceFiles('src'), ...sourceFiles('blocks')]
    .filter((file) => !file.startsWith('src/sandbox/'))
    .filter((file) =>
      /\b\w*(?:domain|host|company|account)\w*(?:\([^()]*\))?\s*(?:\?\?\s*''\)\s*)?\.(?:toLowerCase|toUpperCase|localeCompare)\b/i.test(
        codeOf(file),
      ),
    );
  expect(inCode).toEqual([]);
});
