import type { MrkdwnElement, PlainTextElement } from '@slack/types';
import { parseMrkdwn, parsePlain } from './mrkdwn.ts';
import { LibraryBlocks } from './rich-text.tsx';

export function TextObject({ text }: { text: MrkdwnElement | PlainTextElement }) {
  const block =
    text.type === 'mrkdwn'
      ? parseMrkdwn(text.text, text.verbatim)
      : parsePlain(text.text, text.emoji);
  return <LibraryBlocks blocks={[block]} />;
}
