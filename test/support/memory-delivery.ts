import type {
  Delivery,
  Outcome,
  TakenMessages,
  UnreadableDelivery,
} from '../../src/core/message.ts';
import type { Messenger, Outbox } from '../../src/core/ports.ts';
import { picture } from '../blocks/samples.ts';

/** A card to post, with a test's overrides. */
export const delivery = (part: Partial<Delivery> = {}): Delivery => ({
  messageId: 'm1',
  token: `token of ${part.messageId ?? 'm1'}`,
  action: 'post',
  channel: 'C0HOT',
  address: null,
  threadTs: null,
  version: 3,
  plain: false,
  attempts: 1,
  refusals: 0,
  attemptedAt: null,
  createdAt: new Date('2026-03-02T09:00:00Z'),
  shownHash: null,
  content: { kind: 'card', picture: picture() },
  ...part,
});

interface Confirmed {
  messageId: string;
  token: string;
  outcome: Outcome;
}

export interface MemoryOutbox extends Outbox {
  /** Makes messages due. Doesn't wake the deliverer. */
  add(...messages: readonly (Delivery | UnreadableDelivery)[]): void;
  takes: { limit: number; leaseMs: number }[];
  confirmed: Confirmed[];
  /** Resolves once this many outcomes are confirmed. */
  afterConfirms(count: number): Promise<readonly Confirmed[]>;
  /** The next calls fail with these errors. */
  failTakes(...errors: readonly Error[]): void;
  failConfirms(...errors: readonly Error[]): void;
  /** The answer of `confirm`: false if the lease was lost. */
  ours: boolean;
  /** The answer of `take` while nothing is due. */
  nextDueMs: number | null;
}

/** An outbox in memory. */
export function memoryOutbox(
  ...messages: readonly (Delivery | UnreadableDelivery)[]
): MemoryOutbox {
  const due = [...messages];
  const takeErrors: Error[] = [];
  const confirmErrors: Error[] = [];
  const waiting = new Set<() => void>();
  const outbox: MemoryOutbox = {
    takes: [],
    confirmed: [],
    ours: true,
    nextDueMs: null,
    add: (...more) => void due.push(...more),
    failTakes: (...errors) => void takeErrors.push(...errors),
    failConfirms: (...errors) => void confirmErrors.push(...errors),
    afterConfirms: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (outbox.confirmed.length < count) return;
          waiting.delete(look);
          resolve(outbox.confirmed);
        };
        waiting.add(look);
        look();
      }),
    async take(limit, leaseMs): Promise<TakenMessages> {
      outbox.takes.push({ limit, leaseMs });
      const error = takeErrors.shift();
      if (error !== undefined) throw error;
      const taken = due.splice(0, limit);
      return {
        deliveries: taken.filter((message) => 'action' in message),
        unreadable: taken.filter((message) => 'problem' in message),
        nextDueMs: due.length > 0 ? 0 : outbox.nextDueMs,
      };
    },
    async confirm(messageId, token, outcome) {
      const error = confirmErrors.shift();
      if (error !== undefined) throw error;
      outbox.confirmed.push({ messageId, token, outcome });
      for (const look of waiting) look();
      return outbox.ours;
    },
  };
  return outbox;
}

interface MemoryMessenger extends Messenger {
  /** Every call, as text. */
  calls: string[];
}

/** A Slack in memory. It accepts everything, unless `behaves` overrides that. */
export function memoryMessenger(behaves: Partial<Messenger> = {}): MemoryMessenger {
  const calls: string[] = [];
  const to: Messenger = {
    post: async (channel) => ({ channel, ts: '100.1' }),
    update: async () => {},
    publishHome: async () => {},
    copies: async () => [],
    remove: async () => {},
    judge: () => ({ kind: 'unclear', reason: 'surprise' }),
    ...behaves,
  };
  return {
    calls,
    post(channel, threadTs, messageId, drawing) {
      calls.push(
        `post ${messageId} in ${channel}${threadTs === null ? '' : ` under ${threadTs}`}: ${drawing.text}`,
      );
      return to.post(channel, threadTs, messageId, drawing);
    },
    update(address, drawing) {
      calls.push(`update ${address.channel} ${address.ts}: ${drawing.text}`);
      return to.update(address, drawing);
    },
    publishHome(user, drawing) {
      calls.push(`publish the Home tab of ${user}: ${drawing.text}`);
      return to.publishHome(user, drawing);
    },
    copies(channel, threadTs, messageId, since) {
      calls.push(
        `look for ${messageId} in ${channel}${threadTs === null ? '' : ` under ${threadTs}`}`,
      );
      return to.copies(channel, threadTs, messageId, since);
    },
    remove(address) {
      calls.push(`remove ${address.channel} ${address.ts}`);
      return to.remove(address);
    },
    judge: to.judge,
  };
}
