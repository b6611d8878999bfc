import { judge } from '../../src/adapters/slack-verdict.ts';
import type { Messenger } from '../../src/core/ports.ts';
import type { EventQueue } from './event-queue.ts';
import { type Fault, SURFACES_WITHIN_MS } from './faults.ts';
import type { SimulatedProcess } from './process.ts';
import { type Request, send } from './request.ts';
import {
  connectionError,
  httpError,
  platformError,
  rateLimited,
  timedOut,
} from './slack-errors.ts';
import type { SlackModel } from './slack-model.ts';

/** Consecutive failed searches per message. The bot gives up only after more than this. */
const MOST_FAILED_SEARCHES = 3;
/** The same for unknown error codes. */
const MOST_UNKNOWN_CODES = 3;

/** A permanent refusal to delete a second copy would leave it posted. See docs/delivery.md; not simulated. */
const NOT_FOR_SEARCHES = new Set<Fault['kind'] | undefined>(['bad-blocks', 'unknown-code']);

export interface SlackWorld {
  queue: EventQueue;
  slack: SlackModel;
  /** The fault of the next request to Slack. */
  nextFault(caller: SimulatedProcess): Fault | null;
  latency(): readonly [number, number];
  crash(caller: SimulatedProcess, downMs: number): void;
  note(line: () => string): void;
}

/** Limits on faults per message. Shared by all replicas, since messages move between them. */
export class FaultBudget {
  readonly searches = new Map<string, number>();
  readonly unknownCodes = new Map<string, number>();
  /** Messages whose blocks were refused. Refusing the plain text too would be permanent. */
  readonly badBlocks = new Set<string>();
}

const errors: Request<unknown>['errors'] = {
  refused: () => connectionError('ECONNREFUSED'),
  lost: () => connectionError('ECONNRESET'),
  timedOut,
  answered(fault) {
    switch (fault.kind) {
      case 'http-503':
      case 'http-503-after':
        return httpError(503);
      case 'rate-limited':
        return rateLimited(1 + Math.round(fault.length * 29));
      case 'unknown-code':
        return platformError('simulated_refusal');
      case 'bad-blocks':
        return platformError('invalid_blocks');
      default:
        return platformError('internal_error');
    }
  },
};

/** Whether the process freezes before it sends the call. */
const sendsAfterFreeze = ({ kind }: Fault): boolean =>
  kind === 'freeze-before' || kind === 'freeze-lost';

export function simulatedMessenger(
  world: SlackWorld,
  caller: SimulatedProcess,
  budget: FaultBudget,
): Messenger {
  const { queue, slack } = world;

  const request = <T>(what: string, fault: Fault | null, carryOut: () => T): Promise<T> => {
    world.note(() => `${caller.name} → Slack: ${what}${fault === null ? '' : ` ⚡ ${fault.kind}`}`);
    return send(queue, {
      caller,
      fault,
      latency: world.latency(),
      carryOut,
      crash: (downMs) => world.crash(caller, downMs),
      errors,
    });
  };

  const faultForWrite = (messageId: string): Fault | null => {
    const fault = world.nextFault(caller);
    if (fault?.kind === 'unknown-code') {
      const count = (budget.unknownCodes.get(messageId) ?? 0) + 1;
      budget.unknownCodes.set(messageId, count);
      if (count > MOST_UNKNOWN_CODES) return null;
    }
    if (fault?.kind === 'bad-blocks') {
      if (budget.badBlocks.has(messageId)) return null;
      budget.badBlocks.add(messageId);
    }
    if (fault !== null && sendsAfterFreeze(fault)) caller.mustReport.set(messageId, 'sent');
    return fault;
  };

  /** A frozen bot that never reports would leave an old drawing. See docs/delivery.md; not simulated. */
  const faultForHome = (key: string): Fault | null => {
    const fault = world.nextFault(caller);
    if (fault === null || sendsAfterFreeze(fault)) return null;
    if (fault.kind === 'unknown-code') {
      const count = (budget.unknownCodes.get(key) ?? 0) + 1;
      budget.unknownCodes.set(key, count);
      if (count > MOST_UNKNOWN_CODES) return null;
    }
    return fault;
  };

  const write = async <T>(
    what: string,
    messageId: string,
    fault: Fault | null,
    carryOut: () => T,
  ): Promise<T> => {
    try {
      return await request(what, fault, carryOut);
    } finally {
      if (fault !== null && sendsAfterFreeze(fault)) caller.mustReport.set(messageId, 'answered');
    }
  };

  const search = async <T>(
    what: string,
    messageId: string,
    carryOut: (enduring: boolean) => T,
  ): Promise<T> => {
    const failed = budget.searches.get(messageId) ?? 0;
    const given = world.nextFault(caller);
    const enough = failed >= MOST_FAILED_SEARCHES;
    const fault = enough || NOT_FOR_SEARCHES.has(given?.kind) ? null : given;
    budget.searches.set(messageId, failed + 1);
    const result = await request(what, fault, () => carryOut(enough));
    budget.searches.delete(messageId);
    return result;
  };

  return {
    publishHome(user, drawing) {
      const key = `home of ${user}`;
      const given = faultForHome(key);
      return request(`publish the ${key}`, given, () => {
        slack.check('home', queue.now);
        slack.homes.set(user, drawing);
      });
    },
    post(channel, threadTs, messageId, drawing) {
      const fault = faultForWrite(messageId);
      const latest = queue.now + SURFACES_WITHIN_MS;
      return write(`post ${messageId.slice(0, 4)} in ${channel}`, messageId, fault, () => {
        slack.check(channel, queue.now);
        const hidden = (fault?.lag ?? 0) * SURFACES_WITHIN_MS;
        const until = queue.now + hidden;
        return slack.post(
          queue.now,
          channel,
          threadTs,
          messageId,
          drawing,
          fault !== null && sendsAfterFreeze(fault) ? until : Math.min(latest, until),
        );
      });
    },
    update(address, drawing) {
      const messageId = slack.messageAt(address);
      const fault = faultForWrite(messageId);
      return write(`update ${messageId.slice(0, 4)}`, messageId, fault, () => {
        slack.check(address.channel, queue.now);
        slack.update(address, drawing);
      });
    },
    copies: (channel, threadTs, messageId) =>
      search(`search for ${messageId.slice(0, 4)}`, messageId, (enduring) => {
        if (!enduring) slack.check(channel, queue.now);
        return [...slack.history(queue.now, channel, threadTs, messageId)];
      }),
    remove(address) {
      const messageId = slack.messageAt(address);
      return search(`delete ${messageId.slice(0, 4)} ${address.ts}`, messageId, (enduring) => {
        if (!enduring) slack.check(address.channel, queue.now);
        slack.remove(queue.now, address);
      });
    },
    judge,
  };
}
