import type {
  ActionsBlock,
  Button,
  ContextBlock,
  DividerBlock,
  HeaderBlock,
  KnownBlock,
  ModalView,
  MrkdwnElement,
  Overflow,
  PlainTextElement,
  PlainTextOption,
  SectionBlock,
  StaticSelect,
} from '@slack/types';
import type { Drawing } from '../src/core/message.ts';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import { clip, clipMrkdwn } from './text.ts';

/**
 * Block constructors that stay within Slack's limits for any data. They expect safe text (see text.ts): plain
 * text for parameters called `label`, mrkdwn otherwise. Without content they return null, which callers may pass on.
 */

export function plainText(label: string, max: number): PlainTextElement {
  const line = label.replace(/[\p{Cc}\p{Cs}]/gu, '').trim();
  return { type: 'plain_text', text: clip(line, max) || '–', emoji: false };
}

/** `verbatim` stops Slack from linking bare `@here`, `#general` and URLs. */
function mrkdwn(text: string, max: number): MrkdwnElement {
  return { type: 'mrkdwn', text: clipMrkdwn(text, max), verbatim: true };
}

export function header(label: string): HeaderBlock {
  return { type: 'header', text: plainText(label, SLACK_LIMITS.header) };
}

export function section(
  text: string | null,
  accessory: Button | Overflow | null = null,
): SectionBlock | null {
  if (text === null || text.trim() === '') return null;
  const block: SectionBlock = { type: 'section', text: mrkdwn(text, SLACK_LIMITS.text) };
  return accessory === null ? block : { ...block, accessory };
}

/** Two columns. Drops cells beyond the limit. */
export function fields(cells: readonly (string | null)[]): SectionBlock | null {
  const filled = cells.filter((cell) => cell !== null && cell.trim() !== '');
  if (filled.length === 0) return null;
  return {
    type: 'section',
    fields: filled
      .slice(0, SLACK_LIMITS.fields)
      .map((cell) => mrkdwn(cell ?? '', SLACK_LIMITS.fieldText)),
  };
}

export function context(text: string | null): ContextBlock | null {
  if (text === null || text.trim() === '') return null;
  return { type: 'context', elements: [mrkdwn(text, SLACK_LIMITS.text)] };
}

export function divider(): DividerBlock {
  return { type: 'divider' };
}

export function actions(
  ...elements: readonly (Button | Overflow | StaticSelect | null)[]
): ActionsBlock | null {
  const present = elements.filter((element) => element !== null);
  return present.length === 0
    ? null
    : { type: 'actions', elements: present.slice(0, SLACK_LIMITS.actionsElements) };
}

/** Null if the value is too long: clipped, it would name something else. */
export function button(
  label: string,
  actionId: string,
  value: string,
  style: 'primary' | null = null,
): Button | null {
  if (value.length === 0 || value.length > SLACK_LIMITS.buttonValue) return null;
  const element: Button = {
    type: 'button',
    action_id: actionId,
    text: plainText(label, SLACK_LIMITS.buttonText),
    value,
  };
  return style === null ? element : { ...element, style };
}

/** A button that opens a page; null unless it is an http or https URL that Slack accepts. */
export function linkButton(label: string, actionId: string, url: string | null): Button | null {
  const href = linkTarget(url);
  if (href === null) return null;
  return {
    type: 'button',
    action_id: actionId,
    text: plainText(label, SLACK_LIMITS.buttonText),
    url: href,
  };
}

/** An option that opens a page; null unless Slack accepts the URL. */
export function linkOption(
  label: string,
  value: string,
  url: string | null,
): PlainTextOption | null {
  const href = linkTarget(url);
  const plainOption = option(label, value);
  return href === null || plainOption === null ? null : { ...plainOption, url: href };
}

/** An http or https URL that Slack accepts, or null. */
function linkTarget(url: string | null): string | null {
  const parsed = url === null ? null : URL.parse(url);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) return null;
  return parsed.href.length > SLACK_LIMITS.url ? null : parsed.href;
}

/** Null if the value is too long. */
export function option(label: string, value: string): PlainTextOption | null {
  if (value.length === 0 || value.length > SLACK_LIMITS.optionValue) return null;
  return { text: plainText(label, SLACK_LIMITS.optionText), value };
}

export function overflow(
  actionId: string,
  choices: readonly (PlainTextOption | null)[],
): Overflow | null {
  const options = choices
    .filter((choice) => choice !== null)
    .slice(0, SLACK_LIMITS.overflowOptions);
  return options.length === 0 ? null : { type: 'overflow', action_id: actionId, options };
}

export function select(
  label: string,
  actionId: string,
  choices: readonly (PlainTextOption | null)[],
): StaticSelect | null {
  const options = choices.filter((choice) => choice !== null).slice(0, SLACK_LIMITS.selectOptions);
  if (options.length === 0) return null;
  return {
    type: 'static_select',
    action_id: actionId,
    placeholder: plainText(label, SLACK_LIMITS.placeholder),
    options,
  };
}

/** Packs lines into as few sections as possible. */
export function lines(rows: readonly string[]): SectionBlock[] {
  const texts: string[] = [];
  for (const row of rows) {
    const line = clipMrkdwn(row, SLACK_LIMITS.text);
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= SLACK_LIMITS.text) {
      texts[texts.length - 1] = `${last}\n${line}`;
    } else {
      texts.push(line);
    }
  }
  return texts.map((text) => ({ type: 'section', text: mrkdwn(text, SLACK_LIMITS.text) }));
}

/** Expects safe mrkdwn. */
export function bold(text: string): string {
  return text === '' ? '' : `*${text}*`;
}

/** Joins the parts with a middle dot; null if there are none. */
export function dotted(parts: readonly (string | null)[]): string | null {
  const filled = parts.filter((part) => part !== null && part !== '');
  return filled.length === 0 ? null : filled.join(' · ');
}

/** A bold label above its content; null without content. */
export function labeled(label: string, content: string | null): string | null {
  return content === null || content === '' ? null : `*${label}*\n${content}`;
}

/** A bold label before its content, which is one line; null without content. */
export function labeledLine(label: string, content: string | null): string | null {
  return content === null || content === '' ? null : `*${label}:* ${content}`;
}

/** Length of all visible text, menus included, in UTF-16 units. */
function textLength(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce((sum, [key, inner]) => {
    return sum + (key === 'text' && typeof inner === 'string' ? inner.length : textLength(inner));
  }, 0);
}

interface Room {
  blocks: number;
  text: number;
}

/**
 * The sum of a message's texts has no documented limit; posts have failed with `msg_blocks_too_long` above
 * 11,000 (https://github.com/slackapi/bolt-js/issues/2509).
 */
const MESSAGE_ROOM: Room = { blocks: SLACK_LIMITS.messageBlocks, text: 10_000 };
/** Keeps the JSON within `SLACK_LIMITS.modalBytes`. */
const VIEW_ROOM: Room = { blocks: SLACK_LIMITS.modalBlocks, text: 24_000 };
/** For the text of a message. */
export const TEXT_ROOM = SLACK_LIMITS.updateText - 100;

/** Drops nulls, then shortens texts, then drops blocks from the end until everything fits. Keeps buttons and inputs. */
function fitBlocks(blocks: readonly (KnownBlock | null)[], room: Room): KnownBlock[] {
  let kept = blocks.filter((block) => block !== null);
  const whole = kept;
  while (kept.length > room.blocks) kept = withoutLastText(kept);
  for (const longest of [2000, 1000, 500, 250, 120]) {
    if (textLength(kept) <= room.text) return kept;
    kept = kept.map((block) => shortened(block, longest));
  }
  while (textLength(kept) > room.text && kept.length > 0) kept = withoutLastText(kept);
  return kept.length > 0 ? kept : whole.slice(0, 1);
}

function withoutLastText(blocks: readonly KnownBlock[]): KnownBlock[] {
  const last = blocks.findLastIndex(({ type }) => type !== 'actions' && type !== 'input');
  return last < 0 ? blocks.slice(0, -1) : blocks.toSpliced(last, 1);
}

function shortened(block: KnownBlock, longest: number): KnownBlock {
  const shorten = <T extends PlainTextElement | MrkdwnElement>(element: T): T => ({
    ...element,
    text:
      element.type === 'mrkdwn' ? clipMrkdwn(element.text, longest) : clip(element.text, longest),
  });
  if (block.type === 'section') {
    return {
      ...block,
      ...(block.text && { text: shorten(block.text) }),
      ...(block.fields && { fields: block.fields.map((field) => shorten(field)) }),
    };
  }
  if (block.type !== 'context') return block;
  return {
    ...block,
    elements: block.elements.map((element) =>
      element.type === 'image' ? element : shorten(element),
    ),
  };
}

/** A message, cut down to what Slack accepts. `text` is safe mrkdwn. */
export function message(text: string, blocks: readonly (KnownBlock | null)[]): Drawing {
  return { text: clipMrkdwn(text, TEXT_ROOM), blocks: fitBlocks(blocks, MESSAGE_ROOM) };
}

/** A Home tab, cut down to what Slack accepts. `text` is for where its blocks are refused. */
export function homeTab(text: string, blocks: readonly (KnownBlock | null)[]): Drawing {
  return { text: clipMrkdwn(text, TEXT_ROOM), blocks: fitBlocks(blocks, VIEW_ROOM) };
}

/**
 * A modal, cut down to what Slack accepts.
 * @throws if the private metadata is too long
 */
export function modal({
  callbackId,
  title,
  submit,
  close,
  privateMetadata,
  blocks,
}: {
  callbackId: string;
  title: string;
  submit?: string;
  close: string;
  privateMetadata?: string;
  blocks: readonly (KnownBlock | null)[];
}): ModalView {
  const { modalLabel, privateMetadata: longest } = SLACK_LIMITS;
  if (privateMetadata !== undefined && privateMetadata.length > longest) {
    throw new RangeError(
      `private_metadata has ${privateMetadata.length} characters, at most ${longest}`,
    );
  }
  return {
    type: 'modal',
    callback_id: callbackId,
    ...(privateMetadata !== undefined && { private_metadata: privateMetadata }),
    title: plainText(title, modalLabel),
    ...(submit !== undefined && { submit: plainText(submit, modalLabel) }),
    close: plainText(close, modalLabel),
    blocks: fitBlocks(blocks, VIEW_ROOM),
  };
}
