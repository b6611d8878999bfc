import type { AnyBlock, KnownBlock, ModalView } from '@slack/types';
import type { Drawing } from '../../src/core/message.ts';

/**
 * What Slack would refuse, or a reader should never be shown, in drawn messages and modals; from
 * https://docs.slack.dev/reference/block-kit and independent of the builders' own limits.
 */
export function problemsOfMessage({ text, blocks }: Drawing): string[] {
  const total = blocks.flatMap(textsIn).reduce((sum, { text: { length } }) => sum + length, 0);
  return [
    ...between('text', text.length, 1, 3900),
    ...unsafe('text', text, true),
    ...between('blocks', blocks.length, 0, 50),
    ...between('sum of block texts', total, 0, 10_000),
    ...problemsOfBlocks(blocks),
    ...blocks.filter(({ type }) => type === 'input').map(() => 'input in a message'),
  ];
}

export function problemsOfView(view: ModalView): string[] {
  const { title, submit, close, blocks, private_metadata, callback_id } = view;
  const known = blocks.filter(isKnown);
  const hasInput = known.some(({ type }) => type === 'input');
  return [
    ...label('title', title, 24),
    ...label('submit', submit, 24),
    ...label('close', close, 24),
    ...between('private_metadata', private_metadata?.length ?? 0, 0, 3000),
    ...between('callback_id', callback_id?.length ?? 0, 1, 255),
    ...between('blocks', blocks.length, 1, 100),
    ...between('bytes of the view', Buffer.byteLength(JSON.stringify(view)), 1, 250_000),
    ...(hasInput && submit === undefined ? ['input without submit'] : []),
    ...problemsOfBlocks(known),
  ];
}

function isKnown(block: AnyBlock): block is KnownBlock {
  return ['section', 'header', 'context', 'actions', 'divider', 'input'].includes(block.type);
}

function problemsOfBlocks(blocks: readonly KnownBlock[]): string[] {
  const blockIds = blocks.flatMap(({ block_id }) => (block_id === undefined ? [] : [block_id]));
  return [
    ...duplicates('block_id', blockIds),
    ...blockIds.flatMap((id) => between('block_id', id.length, 1, 255)),
    ...blocks.flatMap((block) => problemsOfBlock(block).map((said) => `${block.type}: ${said}`)),
  ];
}

function problemsOfBlock(block: KnownBlock): string[] {
  switch (block.type) {
    case 'divider':
      return [];
    case 'header':
      return label('text', block.text, 150);
    case 'section':
      return [
        ...(block.text === undefined && block.fields === undefined ? ['empty'] : []),
        ...label('text', block.text, 3000),
        ...(block.fields ? between('fields', block.fields.length, 1, 10) : []),
        ...(block.fields ?? []).flatMap((field) => label('field', field, 2000)),
        ...element(block.accessory),
      ];
    case 'context':
      return [
        ...between('elements', block.elements.length, 1, 10),
        ...block.elements.flatMap((part) => ('text' in part ? label('text', part, 3000) : [])),
      ];
    case 'actions':
      return [
        ...between('elements', block.elements.length, 1, 25),
        ...block.elements.flatMap(element),
        ...duplicates(
          'action_id',
          block.elements.flatMap(({ action_id }) => (action_id === undefined ? [] : [action_id])),
        ),
      ];
    case 'input':
      return [
        ...label('label', block.label, 2000),
        ...label('hint', block.hint, 2000),
        ...element(block.element),
      ];
    default:
      return ['not a classic block'];
  }
}

interface Text {
  type: string;
  text: string;
  verbatim?: boolean;
}

interface Option {
  text: Text;
  value?: string;
}

/** The members of an element that have limits. */
interface Element {
  type: string;
  action_id?: string;
  text?: Text | string;
  value?: string;
  placeholder?: Text;
  options?: readonly Option[];
  max_length?: number;
}

const MOST_OPTIONS = new Map([
  ['static_select', 100],
  ['overflow', 5],
  ['radio_buttons', 10],
]);

function element(part: Element | undefined): string[] {
  if (part === undefined) return [];
  const { type, action_id, text, value, placeholder, options, max_length } = part;
  const most = MOST_OPTIONS.get(type);
  return [
    ...between('action_id', action_id?.length ?? 0, 1, 255),
    ...(typeof text === 'object' ? label('button', text, 75) : []),
    ...(value === undefined ? [] : between('value', value.length, 1, 2000)),
    ...label('placeholder', placeholder, 150),
    ...(max_length === undefined ? [] : between('max_length', max_length, 1, 3000)),
    ...(most === undefined ? [] : between('options', options?.length ?? 0, 1, most)),
    ...(options ?? []).flatMap((option) => [
      ...label('option', option.text, 75),
      ...between('option value', option.value?.length ?? 0, 1, 150),
    ]),
  ];
}

function label(name: string, text: Text | undefined, max: number): string[] {
  if (text === undefined) return [];
  const isMrkdwn = text.type === 'mrkdwn';
  return [
    ...between(name, text.text.length, 1, max),
    ...(text.text.trim() === '' ? [`${name} is blank`] : []),
    ...(isMrkdwn && text.verbatim !== true ? [`${name} is not verbatim`] : []),
    ...unsafe(name, text.text, isMrkdwn),
  ];
}

/** A link whose label has no brackets, a mention of a person or of a channel that we name, or a date with a fallback. */
const TOKEN =
  /<(?:(?:https?:\/\/|mailto:)[^\s<>|]+\|[^<>|]+|@[UW][A-Z0-9]+|#(?:C0LEADS|C0HOTLEADS|C0CHANNEL\d+)|!date\^\d+\^[^<>|]+\|[^<>|]+)>/g;

function unsafe(name: string, text: string, isMrkdwn: boolean): string[] {
  const said = [
    text.isWellFormed() ? null : 'has a lone surrogate',
    /\p{Cc}/u.test(text.replaceAll('\n', '')) ? 'has a control character' : null,
    /[\u202A-\u202E]/.test(text) ? 'has a bidi override' : null,
    /\b(?:null|undefined|NaN|Invalid Date|\[object)\b/.test(text) ? 'shows a missing value' : null,
  ];
  if (isMrkdwn) {
    const bare = text.replace(TOKEN, '');
    said.push(
      /<[^>]*$|<[!@#]|<[^>]*\|/.test(bare) || /[<]/.test(bare) ? 'has a foreign token' : null,
      /@(?:here|channel|everyone)/i.test(bare) ? 'pings' : null,
      /&(?!(?:amp|lt|gt);)/.test(bare) ? 'has a broken entity' : null,
    );
  }
  return said.filter((one) => one !== null).map((one) => `${name} ${one}: ${text.slice(0, 200)}`);
}

function between(name: string, size: number, least: number, most: number): string[] {
  return size >= least && size <= most ? [] : [`${name} is ${size}, not ${least} to ${most}`];
}

function duplicates(name: string, values: readonly string[]): string[] {
  return values
    .filter((value, at) => values.indexOf(value) !== at)
    .map((v) => `${name} ${v} twice`);
}

/** Every text object below a value. */
export function textsIn(value: unknown): Text[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(textsIn);
  if (!('type' in value) || !('text' in value)) return below;
  const { type, text } = value;
  if (typeof text !== 'string' || (type !== 'mrkdwn' && type !== 'plain_text')) return below;
  return [{ type, text }];
}

/** All that a reader sees of a message or modal, as one string. */
export function shownBy({ blocks }: { blocks: readonly AnyBlock[] }): string {
  return textsIn(blocks)
    .map(({ text }) => text)
    .join('\n');
}
