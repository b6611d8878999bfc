import { expect, test } from 'vitest';
import { readSource, sourceFiles } from '../support/source-files.ts';

interface Row {
  number: number;
  happens: string;
}

const rows: readonly Row[] = readSource('docs/faults.md')
  .split('\n')
  .flatMap((line) => {
    const [, number = '', , happens = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    return /^\d+$/.test(number) ? [{ number: Number(number), happens }] : [];
  });

/** Numbers of the faults that have a test, as the titles say: `fault-16 timeout after …: adopted …`. */
const tested = new Set(
  sourceFiles('test')
    .filter((file) => file.endsWith('.test.ts') && file !== 'test/faults/matrix.test.ts')
    .flatMap((file) => [...readSource(file).matchAll(/['"`]fault-(\d\d) [^'"`]{20,}/g)])
    .map(([, number]) => Number(number)),
);

const nameOf = (number: number): string => `fault-${String(number).padStart(2, '0')}`;

test('the table of faults has each of the sixty rows once', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
});

test.each(rows)('row $number is tested, or says why it can not occur', ({ number, happens }) => {
  if (happens.startsWith("can't occur: ")) {
    expect(happens.length).toBeGreaterThan(40);
    expect(tested.has(number)).toBe(false);
  } else {
    expect(happens.length).toBeGreaterThan(5);
    expect(tested.has(number), `a test whose title begins with ${nameOf(number)}`).toBe(true);
  }
});

test('no test names a fault that the table does not have', () => {
  const known = new Set(rows.map(({ number }) => number));
  expect([...tested].filter((number) => !known.has(number))).toEqual([]);
});
