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

/** Numbers in test titles such as `fault-16 timeout after …: adopts …`. */
const tested = new Set(
  sourceFiles('test')
    .filter((file) => file.endsWith('.test.ts') && file !== 'test/faults/matrix.test.ts')
    .flatMap((file) => [...readSource(file).matchAll(/['"`]fault-(\d\d) [^'"`]{20,}/g)])
    .map(([, number]) => Number(number)),
);

const nameOf = (number: number): string => `fault-${String(number).padStart(2, '0')}`;

test('the table lists each of the sixty faults once', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
});

test.each(rows)("row $number has a test, or says why it can't occur", ({ number, happens }) => {
  if (happens.startsWith("can't occur: ")) {
    expect(happens.length).toBeGreaterThan(40);
    expect(tested.has(number)).toBe(false);
  } else {
    expect(happens.length).toBeGreaterThan(5);
    expect(tested.has(number), `a test whose title begins with ${nameOf(number)}`).toBe(true);
  }
});

test('every tested fault is in the table', () => {
  const known = new Set(rows.map(({ number }) => number));
  expect([...tested].filter((number) => !known.has(number))).toEqual([]);
});
