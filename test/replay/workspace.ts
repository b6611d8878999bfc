import type { Address, Drawing } from '../../src/core/message.ts';
import { SlackModel } from '../simulator/slack-model.ts';

export interface Arrival {
  at: number;
  channel: string;
  threadTs: string | null;
  messageId: string;
  drawing: Drawing;
}

/** Slack, which remembers what it took that is new: its users are notified of that, and not of updates. */
export class Workspace extends SlackModel {
  readonly #arrivals: Arrival[] = [];
  updates = 0;

  override post(
    now: number,
    channel: string,
    threadTs: string | null,
    messageId: string,
    drawing: Drawing,
    inHistoryAt: number,
  ): Address {
    const address = super.post(now, channel, threadTs, messageId, drawing, inHistoryAt);
    this.#arrivals.push({ at: now, channel, threadTs, messageId, drawing });
    return address;
  }

  override update(address: Address, drawing: Drawing): void {
    super.update(address, drawing);
    this.updates += 1;
  }

  /** What has arrived since the last call. */
  takeArrivals(): Arrival[] {
    return this.#arrivals.splice(0);
  }
}
