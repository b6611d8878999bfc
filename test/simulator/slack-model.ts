import type { Address, Drawing } from '../../src/core/message.ts';
import { platformError } from './slack-errors.ts';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

interface Standing {
  readonly address: Address;
  readonly threadTs: string | null;
  readonly messageId: string;
  drawing: Drawing;
  /** When the history shows it; people see it at once. */
  readonly inHistoryAt: number;
}

/** What stood twice, and for how long. */
interface Doubled {
  messageId: string;
  since: number;
  until: number | null;
}

/**
 * The channels of a workspace: what a call does once Slack carries it out. A post may take time to show
 * up in the history.
 */
export class SlackModel {
  readonly standing: Standing[] = [];
  readonly doubled: Doubled[] = [];
  /** Messages of which a person deleted what stood. */
  readonly deletedByPeople = new Set<string>();
  readonly #refusals: { channel: string; code: string; until: number }[] = [];
  readonly #addresses = new Map<string, string>();
  #lastTs = 0;

  /** Refuses all calls for a channel (`*`: for all channels) with a code. */
  refuse(channel: string, code: string, until: number): void {
    this.#refusals.push({ channel, code, until });
  }

  clearRefusals(): void {
    this.#refusals.length = 0;
  }

  /** @throws what Slack answers while it refuses the channel */
  check(channel: string, now: number): void {
    const refusal = this.#refusals.find(
      (one) => one.until > now && (one.channel === '*' || one.channel === channel),
    );
    if (refusal !== undefined) throw platformError(refusal.code);
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
    // Slack's time stamps are unique in a channel.
    this.#lastTs = Math.max(this.#lastTs + 1, now * 1_000);
    const ts = (this.#lastTs / 1_000_000).toFixed(6);
    const address = { channel, ts };
    this.#addresses.set(`${channel} ${ts}`, messageId);
    this.standing.push({ address, threadTs, messageId, drawing, inHistoryAt });
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
    this.standing.splice(this.standing.indexOf(message), 1);
    this.#count(message.messageId, now);
  }

  /** A person deletes what they see of a message. */
  removeByHand(now: number, messageId: string): void {
    this.deletedByPeople.add(messageId);
    for (const { address } of this.copiesOf(messageId)) this.remove(now, address);
  }

  /** What the history shows, oldest first. */
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

  /** Which message stands or stood there. */
  messageAt({ channel, ts }: Address): string {
    const messageId = this.#addresses.get(`${channel} ${ts}`);
    if (messageId === undefined) throw new Error(`nothing ever stood at ${channel} ${ts}`);
    return messageId;
  }

  copiesOf(messageId: string): Standing[] {
    return this.standing.filter((one) => one.messageId === messageId);
  }

  /** One of the alerts that what stands has buttons for; null when there is none. */
  alertOnCard(number: number): string | null {
    const alertIds = new Set<string>();
    for (const { drawing } of this.standing) {
      for (const [id] of JSON.stringify(drawing.blocks).matchAll(UUID)) alertIds.add(id);
    }
    return [...alertIds][number % alertIds.size] ?? null;
  }

  /** One of the messages that stand; null when there is none. */
  cardNumber(number: number): string | null {
    return this.standing[number % this.standing.length]?.messageId ?? null;
  }

  #at({ channel, ts }: Address): Standing | undefined {
    return this.standing.find(({ address }) => address.channel === channel && address.ts === ts);
  }

  #count(messageId: string, now: number): void {
    const open = this.doubled.find((one) => one.messageId === messageId && one.until === null);
    const many = this.copiesOf(messageId).length > 1;
    if (many && open === undefined) this.doubled.push({ messageId, since: now, until: null });
    if (!many && open !== undefined) open.until = now;
  }
}
