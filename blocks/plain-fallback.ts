import type { KnownBlock } from '@slack/types';
import type { Drawing } from '../src/core/message.ts';
import { TEXT_ROOM } from './parts.ts';
import { clipMrkdwn, escapeMrkdwn } from './text.ts';

/** The message as text alone, for when Slack refuses its blocks. It has no buttons, so it says how to act. */
export function plainFallback({ text, blocks }: Drawing): Drawing {
  const how =
    'To claim or look up a lead, type `/lead` and its domain, e.g. `/lead velocitypay.io`.';
  const facts = blocks.flatMap(textsOf).join('\n');
  return {
    text: `${clipMrkdwn([text, facts].filter(Boolean).join('\n\n'), TEXT_ROOM - how.length - 1)}\n${how}`,
    blocks: [],
  };
}

function textsOf(block: KnownBlock): string[] {
  if (block.type !== 'section') return [];
  return [block.text, ...(block.fields ?? [])]
    .filter((element) => element !== undefined)
    .map(({ type, text }) => (type === 'mrkdwn' ? text : escapeMrkdwn(text)));
}
