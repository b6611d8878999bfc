import type { Address, Drawing } from '../../src/core/message.ts';
import { platformError } from './slack-errors.ts';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

interface PostedMessage {
  readonly address: Address;
  readonly threadTs: string | null;
  readonly messageId: string;
  drawing: Drawing;
  /** When the history shows it. Users see it at once. */
  readonly inHistoryAt: number;
}

/** A time in which a message was posted twice. */
interface DuplicatePeriod {
  messageId: string;
  since: number;
  until: number | null;
}

/**
 * The channels of a workspace. Calls take effect here once Slack carries them out. A post may take time to
 * appear in the history.
 */
export class SlackModel {
  readonly messages: PostedMessage[] = [];
  /** What each user's Home tab shows. */
  readonly homes = new Map<string, Drawing>();
  readonly duplicates: DuplicatePeriod[] = [];
  /** Ids of messages deleted by a user. */
  readonly deletedByUsers = new Set<string>();
  /** Called with each message when Slack shows it for the first time. */
  firstShown: (messageId: string, at: number) => void = () => {};
  /** Channels in which a call was refused. */
  readonly refusedIn = new Set<string>();
  readonly #refusals: { channel: string; code: string; until: number }[] = [];
  readonly #addresses = new Map<string, string>();
  readonly #posted = new Map<string, PostedMessage>();
  #lastTs = 0;

  /** Refuses all calls for a channel, or for all channels with `*`. */
  refuse(channel: string, code: string, until: number): void {
    this.#refusals.push({ channel, code, until });
  }

  clearRefusals(): void {
    this.#refusals.length = 0;
  }

  /** @throws Slack's error while the channel refuses calls */
  check(channel: string, now: number): void {
    const refusal = this.#refusals.find(
      (one) => one.until > now && (one.channel === '*' || one.channel === channel),
    );
    if (refusal === undefined) return;
    this.refusedIn.add(channel);
    throw platformError(refusal.code);
  }

  post(
    now: number,
    channel: string,
    threadTs: string | null,
    messageId: string,
    drawing: Drawing,
    inHistoryAt: number,
  ): Address {
    if (threadTs !== null && this.#at({ channel, ts: threadTs }) === undefined) {
      throw platformError('thread_not_found');
    }
    // Slack's timestamps are unique within a channel.
    this.#lastTs = Math.max(this.#lastTs + 1, now * 1_000);
    const ts = (this.#lastTs / 1_000_000).toFixed(6);
    const address = { channel, ts };
    if (![...this.#addresses.values()].includes(messageId)) this.firstShown(messageId, now);
    this.#addresses.set(`${channel} ${ts}`, messageId);
    const message = { address, threadTs, messageId, drawing, inHistoryAt };
    this.messages.push(message);
    this.#posted.set(`${channel} ${ts}`, message);
    this.#count(messageId, now);
    return address;
  }

  update(address: Address, drawing: Drawing): void {
    const message = this.#at(address);
    if (message === undefined) throw platformError('message_not_found');
    message.drawing = drawing;
  }

  remove(now: number, address: Address): void {
    const message = this.#at(address);
    if (message === undefined) throw platformError('message_not_found');
    this.messages.splice(this.messages.indexOf(message), 1);
    this.#posted.delete(`${address.channel} ${address.ts}`);
    this.#count(message.messageId, now);
  }

  /** A user deletes all copies of a message. */
  removeByUser(now: number, messageId: string): void {
    this.deletedByUsers.add(messageId);
    for (const { address } of this.copiesOf(messageId)) this.remove(now, address);
  }

  /** Copies of a message in the history, oldest first. */
  history(
    now: number,
    channel: string,
    threadTs: string | null,
    messageId: string,
  ): readonly Address[] {
    if (threadTs !== null && this.#at({ channel, ts: threadTs }) === undefined) {
      throw platformError('thread_not_found');
    }
    return this.copiesOf(messageId)
      .filter((one) => one.address.channel === channel && one.inHistoryAt <= now)
      .map(({ address }) => address);
  }

  /** The message that is or was at this address. */
  messageAt({ channel, ts }: Address): string {
    const messageId = this.#addresses.get(`${channel} ${ts}`);
    if (messageId === undefined) throw new Error(`there was never a message at ${channel} ${ts}`);
    return messageId;
  }

  copiesOf(messageId: string): PostedMessage[] {
    return this.messages.filter((one) => one.messageId === messageId);
  }

  /** An alert that a posted message has buttons for; null if there is none. */
  alertOnCard(number: number): string | null {
    const alertIds = new Set<string>();
    for (const { drawing } of this.messages) {
      for (const [id] of JSON.stringify(drawing.blocks).matchAll(UUID)) alertIds.add(id);
    }
    return [...alertIds][number % alertIds.size] ?? null;
  }

  /** The id of a posted message; null if there is none. */
  cardNumber(number: number): string | null {
    return this.messages[number % this.messages.length]?.messageId ?? null;
  }

  #at({ channel, ts }: Address): PostedMessage | undefined {
    return this.#posted.get(`${channel} ${ts}`);
  }

  #count(messageId: string, now: number): void {
    const open = this.duplicates.find((one) => one.messageId === messageId && one.until === null);
    const many = this.copiesOf(messageId).length > 1;
    if (many && open === undefined) this.duplicates.push({ messageId, since: now, until: null });
    if (!many && open !== undefined) open.until = now;
  }
}
