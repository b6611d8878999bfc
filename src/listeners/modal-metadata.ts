import { z } from 'zod';

/** A private answer that can be drawn anew: five times, for half an hour after it was asked for. */
export interface PrivateAnswer {
  /** Slack's `response_url` of the answer. */
  url: string;
  /** Of the row that was pressed: it names the list that the answer is. */
  blockId: string;
}

/** What a modal remembers of how it was opened. */
export interface ModalMemory {
  alertId: string;
  /** The answer from which it was opened; null when that was a message of the channel. */
  answer: PrivateAnswer | null;
  /** View id of the details on which it was stacked; null when it stands alone. */
  below: string | null;
}

const shape = z.object({
  alertId: z.guid(),
  answer: z.object({ url: z.url(), blockId: z.string() }).nullable(),
  below: z.string().nullable(),
});

/** For a modal's `private_metadata`, which comes back with everything that is done in it. */
export const remember = (memory: ModalMemory): string => JSON.stringify(memory);

/** Null for what no modal of ours was given. */
export function recall(privateMetadata: string): ModalMemory | null {
  try {
    return shape.safeParse(JSON.parse(privateMetadata)).data ?? null;
  } catch {
    return null;
  }
}
