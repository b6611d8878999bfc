import type { KnownBlock } from '@slack/types';

/** A drawn message. `text` stands alone in notifications and for screen readers; it is mrkdwn. */
export interface Message {
  text: string;
  blocks: KnownBlock[];
}
