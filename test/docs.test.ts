import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { readSource, sourceFiles, sqlFiles } from './support/source-files.ts';

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'sql/README.md',
  ...readdirSync('docs')
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

const FOLDERS = ['src', 'blocks', 'test', 'sql', 'docs', '.slack', '.github', '.vscode', '.ci'];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
);
const names = new Set([...files, ...readdirSync('.')].map((file) => basename(file)));

const sql = [
  ...sqlFiles('sql/lead-bot/functions'),
  ...sqlFiles('sql/lead-bot/migrations'),
  ...sqlFiles('sql/lead-scoring'),
  ...sourceFiles('src/sql'),
]
  .map(readSource)
  .join('\n');
const code = sourceFiles('src', 'blocks', '.slack').map(readSource).join('\n');
const config = [
  'package.json',
  '.npmrc',
  'manifest.yml',
  '.env.example',
  'compose.yaml',
  'docs/fly/fly.toml',
  'docs/kubernetes/deployment.yaml',
]
  .map(readSource)
  .join('\n');

/** Everything a page has in backticks and code blocks. */
const quoted = (page: string): string[] =>
  [...readSource(page).matchAll(/`([^`\n]+)`|^ {4}(.+)$/gm)].map(
    ([, inline, block]) => inline ?? block ?? '',
  );

const PATH = /(?<![\w/.-])(?:src|blocks|test|sql|docs|\.slack|\.github|\.vscode|\.ci)\/[\w./-]*/g;
const TEMPLATE = /NNNN|your-|…|_\.|[*{<]/;

test.each(pages)('%s names only files and folders that exist', (page) => {
  const spans = quoted(page).filter((span) => !TEMPLATE.test(span));
  const paths = spans.flatMap((span) => span.match(PATH) ?? []);
  const bare = spans.filter((span) => /^[\w-]+\.(?:ts|tsx|sql|md|yml|png)$/.test(span));
  expect([
    ...paths.filter((path) => !existsSync(path)),
    ...bare.filter((name) => !names.has(name)),
  ]).toEqual([]);
});

/** The anchors that GitHub gives to the headings of a page. */
const anchorsOf = (page: string): string[] =>
  [...readSource(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );

test.each(pages)('%s links only to files and headings that exist', (page) => {
  const links = [...readSource(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, to = '']) => to)
    .filter((to) => !to.startsWith('http'));
  const broken = links.filter((to) => {
    const [path = '', anchor] = to.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
  });
  expect(broken).toEqual([]);
});

test.each(pages)('%s names only npm scripts that exist', (page) => {
  const scripts = [...readSource(page).matchAll(/npm run (?:--silent )?([\w:]*\w)/g)];
  expect(scripts.filter(([, name]) => !config.includes(`"${name}":`))).toEqual([]);
});

test.each(pages)('%s names only tables and functions that exist', (page) => {
  const found = [...readSource(page).matchAll(/\blead_bot[._](\w*[a-z0-9])(?![\w…]|_…)/g)];
  const missing = found.map(([name]) => name).filter((name) => !sql.includes(name));
  expect([...new Set(missing)].filter((name) => !/^lead_bot\.[xz]$/.test(name))).toEqual([]);
});

test.each(pages)('%s names only identifiers that exist', (page) => {
  const identifiers = quoted(page).filter((span) =>
    /^(?:[a-z]+(?:[A-Z][a-z0-9]*)+|[A-Z]+(?:_[A-Z]+)+)$/.test(span),
  );
  const known = `${code}\n${config}\n${readSource('docs/image.md')}`;
  expect(identifiers.filter((name) => !new RegExp(`\\b${name}\\b`).test(known))).toEqual([]);
});

const readme = readSource('README.md').split('\n');
/** What the operator sees: the first column of the table of problems. `…` is a placeholder. */
const seen = readme
  .slice(readme.indexOf('## When it breaks'))
  .filter((line) => line.startsWith('| '))
  .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)])
  .map(([, text = '']) => text);

const spoken = [...sourceFiles('src'), 'test/sandbox/page/chromium.ts']
  .map(readSource)
  .concat(sql)
  .join('\n')
  .replaceAll(/\\'|''/g, "'");

test.each(seen)('the bot really prints "%s"', (text) => {
  const pieces = text.split('…').map((piece) => piece.trim());
  expect(pieces.filter((piece) => !spoken.includes(piece))).toEqual([]);
});

test('docs/delivery.md lists every Slack error code that the bot judges', () => {
  const [, table = ''] =
    /\bVERDICTS\b.*= \{\n([\s\S]*?)\n\};/.exec(readSource('src/adapters/slack-verdict.ts')) ?? [];
  const codes = [...table.matchAll(/^ {2}(\w+): '/gm)].map(([, name = '']) => name);
  expect(codes.length).toBeGreaterThan(30);
  const page = readSource('docs/delivery.md');
  expect(codes.filter((one) => !page.includes(`\`${one}\``))).toEqual([]);
});
