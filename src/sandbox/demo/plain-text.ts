import { z } from 'zod';
import { describeData } from '../slack/data-text.ts';

interface PrintedMessage {
  text: string;
  blocks: readonly unknown[];
}

const textObject = z.object({ text: z.string() });

/** The parts of a block that become text. */
const block = z.object({
  type: z.string(),
  text: textObject.optional(),
  label: textObject.optional(),
  fields: z.array(textObject).optional(),
  accessory: z.object({ type: z.string(), text: textObject.optional() }).optional(),
  elements: z
    .array(
      z.object({
        type: z.string(),
        text: z.union([textObject, z.string()]).optional(),
        placeholder: textObject.optional(),
      }),
    )
    .optional(),
});

/** Each message as plain text, from top to bottom. */
export function describeMessages(messages: readonly PrintedMessage[]): string[] {
  return messages.map(({ text, blocks }) => {
    const lines = blocks.flatMap(describeBlock);
    return (lines.length === 0 ? [readable(text)] : lines).map((l) => `  ${l}`).join('\n');
  });
}

function describeBlock(raw: unknown): string[] {
  const data = describeData(raw);
  if (data !== null) return data;
  const parsed = block.safeParse(raw);
  if (!parsed.success) return [];
  const { type, text, label, fields, accessory, elements } = parsed.data;
  if (type === 'divider') return ['---'];
  const buttons = (elements ?? []).map((element) => {
    const label = typeof element.text === 'string' ? element.text : element.text?.text;
    if (element.type === 'button') return `[${label ?? ''}]`;
    if (element.type === 'overflow') return '[…]';
    return readable(label ?? element.placeholder?.text ?? element.type);
  });
  return [
    ...(text === undefined ? [] : readable(text.text).split('\n')),
    ...(label === undefined ? [] : [readable(label.text)]),
    ...(fields ?? []).flatMap((field) => readable(field.text).split('\n')),
    ...(accessory?.text === undefined ? [] : [`[${accessory.text.text}]`]),
    ...(buttons.length === 0 ? [] : [buttons.join(type === 'actions' ? ' ' : ' · ')]),
  ].filter((l) => l.trim() !== '');
}

/** Strips mrkdwn: keeps the fallback of dates and the label of links, and decodes entities. */
function readable(text: string): string {
  return text
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<(@[A-Z0-9]+)>/g, '$1')
    .replace(/(?<![\w*])\*([^*\n]+)\*(?![\w*])/g, '$1')
    .replace(/^>/gm, '  ')
    .replace(/[\u200b-\u200d\u2060\ufeff]/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}
