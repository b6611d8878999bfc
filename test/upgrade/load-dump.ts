import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import { MADE_AT, moveTimes } from './dump-text.ts';

const FOLDER = join(import.meta.dirname, '9bb4b54');

export interface Dump {
  /** Tables and functions, with nothing in them. */
  schema: string;
  rows: string;
  messages: SlackMessage[];
}

const message = z.custom<SlackMessage>(
  (value) =>
    z.object({ ts: z.string(), channel: z.string(), text: z.string() }).safeParse(value).success,
);

/** The committed dump, as if its bots had died at `diedAt`. */
export async function readDump(diedAt: Date): Promise<Dump> {
  const read = (name: string) => readFile(join(FOLDER, name), 'utf8');
  const moved = async (name: string) => moveTimes(await read(name), MADE_AT, diedAt);
  return {
    schema: await read('schema.sql'),
    rows: await moved('rows.sql'),
    messages: (await moved('slack.jsonl'))
      .trim()
      .split('\n')
      .map((line) => message.parse(JSON.parse(line))),
  };
}
