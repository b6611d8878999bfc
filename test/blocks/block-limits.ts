import type { AnyBlock, ModalView } from '@slack/types';
import type { Drawing } from '../../src/core/message.ts';
import { SLACK_LIMITS } from '../../src/core/slack-limits.ts';
import { checkHome, checkMessageBlocks, checkView } from '../../src/sandbox/slack/block-kit.ts';

/** What Slack would refuse in a drawn message, and what a reader should never see. */
export function problemsOfMessage({ text, blocks }: Drawing): string[] {
  const checked = checkMessageBlocks(blocks);
  const total = textsIn(blocks).reduce((sum, { text: { length } }) => sum + length, 0);
  return [
    ...(checked.ok ? [] : [checked.error, ...checked.problems]),
    ...between('text', text.length, 1, SLACK_LIMITS.updateText - 100),
    ...problemsOfText('text', text, true),
    ...between('sum of block texts', total, 0, 10_000),
    ...blocks.filter(({ type }) => type === 'input').map(() => 'input in a message'),
    ...problemsOfBlocks(blocks),
  ];
}

/** The same for a modal. */
export function problemsOfView(view: ModalView): string[] {
  const checked = checkView(view);
  return [
    ...(checked.ok ? [] : [checked.error, ...checked.problems]),
    ...between('callback_id', view.callback_id?.length ?? 0, 1, SLACK_LIMITS.id),
    ...[view.title, view.submit, view.close].flatMap(problemsOfTexts),
    ...problemsOfBlocks(view.blocks),
  ];
}

/** The same for a Home tab. */
export function problemsOfHome({ blocks }: Drawing): string[] {
  const checked = checkHome({ type: 'home', blocks });
  return [
    ...(checked.ok ? [] : [checked.error, ...checked.problems]),
    ...blocks.filter(({ type }) => type === 'input').map(() => 'input on a Home tab'),
    ...problemsOfBlocks(blocks),
  ];
}

const CLASSIC = ['section', 'header', 'context', 'actions', 'divider', 'input'];

function problemsOfBlocks(blocks: readonly AnyBlock[]): string[] {
  return blocks.flatMap((block) =>
    [
      ...(CLASSIC.includes(block.type) ? [] : ['not a classic block']),
      ...problemsOfTexts(block),
      ...elementsIn(block).flatMap((element) => ('action_id' in element ? [] : ['no action_id'])),
    ].map((problem) => `${block.type}: ${problem}`),
  );
}

function elementsIn(block: AnyBlock): object[] {
  switch (block.type) {
    case 'actions':
      return 'elements' in block ? [...block.elements] : [];
    case 'section':
      return 'accessory' in block && block.accessory ? [block.accessory] : [];
    case 'input':
      return 'element' in block ? [block.element] : [];
    default:
      return [];
  }
}

interface Text {
  type: string;
  text: string;
  verbatim?: boolean;
}

function problemsOfTexts(value: unknown): string[] {
  return textsIn(value).flatMap(({ type, text, verbatim }) => [
    ...(text.trim() === '' ? [`${type} is blank`] : []),
    ...(type === 'mrkdwn' && verbatim !== true ? [`${type} is not verbatim: ${text}`] : []),
    ...problemsOfText(type, text, type === 'mrkdwn'),
  ]);
}

/** A link with a bracket-free label, a mention of a user or of a test's group or channel, or a date with a fallback. */
const TOKEN =
  /<(?:(?:https?:\/\/|mailto:)[^\s<>|]+\|[^<>|]+|@[UW][A-Z0-9]+|!subteam\^S0SALES|#(?:C0LEADS|C0HOTLEADS|C0CHANNEL\d+)|!date\^\d+\^[^<>|]+\|[^<>|]+)>/g;

function problemsOfText(name: string, text: string, isMrkdwn: boolean): string[] {
  const found = [
    text.isWellFormed() ? null : 'has a lone surrogate',
    /\p{Cc}/u.test(text.replaceAll('\n', '')) ? 'has a control character' : null,
    /[\u202A-\u202E]/.test(text) ? 'has a bidi override' : null,
    /\b(?:null|undefined|NaN|Invalid Date|\[object)\b/.test(text) ? 'shows a missing value' : null,
  ];
  if (isMrkdwn) {
    const bare = text.replace(TOKEN, '');
    found.push(
      /<[^>]*$|<[!@#]|<[^>]*\|/.test(bare) || /[<]/.test(bare) ? 'has a foreign token' : null,
      /@(?:here|channel|everyone)/i.test(bare) ? 'pings' : null,
      /&(?!(?:amp|lt|gt);)/.test(bare) ? 'has a broken entity' : null,
    );
  }
  return found.filter((one) => one !== null).map((one) => `${name} ${one}: ${text.slice(0, 200)}`);
}

function between(name: string, size: number, least: number, most: number): string[] {
  return size >= least && size <= most ? [] : [`${name} is ${size}, not ${least} to ${most}`];
}

/** All text objects inside a value. */
export function textsIn(value: unknown): Text[] {
  if (typeof value !== 'object' || value === null) return [];
  const below = Object.values(value).flatMap(textsIn);
  if (!('type' in value) || !('text' in value)) return below;
  const { type, text } = value;
  if (typeof text !== 'string' || (type !== 'mrkdwn' && type !== 'plain_text')) return below;
  return [{ type, text, verbatim: 'verbatim' in value && value.verbatim === true }];
}

/** All visible text of a message or modal. */
export function shownBy({ blocks }: { blocks: readonly AnyBlock[] }): string {
  return textsIn(blocks)
    .map(({ text }) => text)
    .join('\n');
}
