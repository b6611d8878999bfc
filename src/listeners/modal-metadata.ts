import { z } from 'zod';

/** A private answer. Slack lets us redraw it five times, within half an hour of the gesture that asked for it. */
export interface PrivateAnswer {
  /** Slack's `response_url` of the answer. */
  url: string;
  /** Block id of the row that was pressed. It tells which list the answer shows. */
  blockId: string;
}

/** Metadata of the details modal and of the forms. */
export interface AlertMetadata {
  alertId: string;
  /** The answer the modal was opened from; null if it was opened from a message in the channel. */
  answer: PrivateAnswer | null;
  /** View id of the details modal below this one; null if there is none. */
  below: string | null;
  /** Where the button was pressed, for the confirmation; null in a modal. */
  channel: string | null;
  /** Whether it was opened from the user's Home tab, which shows by itself what is saved. */
  isHome: boolean;
}

/** Metadata of the share modal. */
export interface ShareMetadata {
  /** Slack's `response_url` of the private answer. */
  url: string;
  channel: string;
  what: 'company' | 'list';
  /** Account key of a company, or the page of a list. */
  value: string;
}

const alertShape = z.object({
  alertId: z.guid(),
  answer: z.object({ url: z.url(), blockId: z.string() }).nullable(),
  below: z.string().nullable(),
  // A modal opened before a deployment may lack it.
  channel: z.string().nullable().default(null),
  isHome: z.boolean().default(false),
});

const shareShape = z.object({
  url: z.url(),
  channel: z.string(),
  what: z.enum(['company', 'list']),
  value: z.string(),
});

/** For a modal's `private_metadata`, which Slack sends back with every gesture in the modal. */
export const writeMetadata = (metadata: AlertMetadata | ShareMetadata): string =>
  JSON.stringify(metadata);

export const readAlertMetadata = (text: string): AlertMetadata | null => read(text, alertShape);
export const readShareMetadata = (text: string): ShareMetadata | null => read(text, shareShape);

function read<Metadata>(text: string, shape: z.ZodType<Metadata>): Metadata | null {
  try {
    return shape.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
