import { expect } from 'vitest';
import { z } from 'zod';
import { readSource } from './source-files.ts';

export interface Instruction {
  word: string;
  rest: string;
}

/** The Dockerfile's instructions. Continued lines are joined. */
export const instructions: readonly Instruction[] = readSource('Dockerfile')
  .split('\n')
  .filter((line) => !line.startsWith('#'))
  .join('\n')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line): Instruction => {
    const [word = '', ...rest] = line.trim().split(/\s+/);
    return { word, rest: rest.join(' ') };
  });
const lastFrom = instructions.findLastIndex(({ word }) => word === 'FROM');
export const build = instructions.slice(0, lastFrom);
/** The last stage: what the image is. */
export const image = instructions.slice(lastFrom);

export const all = (from: readonly Instruction[], wanted: string): string[] =>
  from.filter(({ word }) => word === wanted).map(({ rest }) => rest);
export const only = (from: readonly Instruction[], wanted: string): string => {
  const [one = '', ...others] = all(from, wanted);
  expect([wanted, one === '', others]).toEqual([wanted, false, []]);
  return one;
};

const exec = z.array(z.string()).min(2);
export const command = (): string[] => exec.parse(JSON.parse(only(image, 'CMD')));
export const healthCommand = (): string[] =>
  exec.parse(JSON.parse(only(image, 'HEALTHCHECK').replace(/^.*?\bCMD /, '')));
