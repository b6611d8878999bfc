import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every TypeScript file in these folders, as paths from the root of the repository. */
export function sourceFiles(...folders: readonly string[]): string[] {
  return folders
    .flatMap((folder) =>
      readdirSync(`${ROOT}${folder}`, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
        .map((entry) => `${entry.parentPath}/${entry.name}`.slice(ROOT.length)),
    )
    .sort();
}

/** The SQL files of a folder, as paths from the root. */
export const sqlFiles = (folder: string): string[] =>
  readdirSync(`${ROOT}${folder}`)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => `${folder}/${file}`)
    .sort();

export const readSource = (file: string): string => readFileSync(`${ROOT}${file}`, 'utf8');

export interface Import {
  from: string;
  typeOnly: boolean;
}

const STATEMENT = /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s*)?'([^']+)'/g;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;

/** The imports and re-exports of a file. Relative paths become paths from the root. */
export function importsOf(file: string): Import[] {
  const source = readSource(file);
  const found = [
    ...[...source.matchAll(STATEMENT)].map(([, type, from = '']) => ({
      from,
      typeOnly: type !== undefined,
    })),
    ...[...source.matchAll(DYNAMIC)].map(([, from = '']) => ({ from, typeOnly: false })),
  ];
  return found.map(({ from, typeOnly }) => ({
    from: from.startsWith('.') ? new URL(from, `file:///${file}`).pathname.slice(1) : from,
    typeOnly,
  }));
}

/** The source without comments and string literals. */
export function codeOf(file: string): string {
  return readSource(file).replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g,
    '',
  );
}
