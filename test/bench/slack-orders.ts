import { z } from 'zod';
import { loadFigures, loadOptions } from './gesture-load.ts';

/** What a bench asks of the process of the local Slack, one at a time. */
export const order = z.discriminatedUnion('kind', [
  /** Answers when so many cards are posted. */
  z.object({ kind: z.literal('cards'), count: z.number() }),
  /** Answers when there are so many sockets. */
  z.object({ kind: z.literal('connections'), count: z.number() }),
  /** By HTTP to this URL; with null, through the sockets. */
  z.object({ kind: z.literal('deliver to'), url: z.string().nullable() }),
  z.object({ kind: z.literal('limit'), on: z.boolean() }),
  z.object({ kind: z.literal('calls') }),
  z.object({ kind: z.literal('load'), options: loadOptions }),
]);
export type Order = z.infer<typeof order>;

export const answer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('started'),
    slack: z.object({
      apiUrl: z.string(),
      botToken: z.string(),
      appToken: z.string(),
      signingSecret: z.string(),
    }),
  }),
  z.object({ kind: z.literal('progress'), line: z.string() }),
  z.object({ kind: z.literal('done') }),
  /** By method, since the start. */
  z.object({ kind: z.literal('calls'), calls: z.record(z.string(), z.number()) }),
  z.object({ kind: z.literal('load'), figures: loadFigures }),
  z.object({ kind: z.literal('failed'), why: z.string() }),
]);
export type Answer = z.infer<typeof answer>;
