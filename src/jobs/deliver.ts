import { createHash } from 'node:crypto';
import { SHARED, SHARED_ADVICE } from '../core/access.ts';
import { backoff } from '../core/backoff.ts';
import { isDirect } from '../core/direct.ts';
import type {
  Address,
  Content,
  Delivery,
  Drawing,
  Outcome,
  UnreadableDelivery,
  Verdict,
} from '../core/message.ts';
import type { Messenger, Meter, Outbox } from '../core/ports.ts';
import { retryAfterMs } from '../core/retry-after.ts';
import { silentMeter } from '../core/silent-meter.ts';
import type { Log } from '../ops/log.ts';
import { type Clock, systemClock } from './clock.ts';
import { stopwatch } from './stopwatch.ts';
import { createWake } from './wake.ts';

export interface DelivererSettings {
  /** How long a taken message is ours. */
  leaseMs: number;
  /** Don't post with less than this left on the lease: Slack may take that long to answer. */
  marginMs: number;
  /** How long a post may take to appear in Slack's history. */
  settleMs: number;
  /** Longest sleep. Other replicas and manual SQL don't wake us. */
  idleMs: number;
  /** Concurrent deliveries, so one hanging call doesn't block the rest. */
  parallel: number;
}

export const DELIVERER_DEFAULTS: DelivererSettings = {
  leaseMs: 60_000,
  marginMs: 20_000,
  settleMs: 30_000,
  idleMs: 3_000,
  parallel: 8,
};

/** Between two takes, so that under load one take is for several messages. Nobody notices such a delay of a card. */
const TAKES_APART_MS = 20;
/** Give up on a message after this many refusals with an unknown code. */
const MAX_REFUSALS = 5;
/** Give up after this many failures of our own: four minutes, enough to roll back a bad deployment. */
const MAX_OWN_FAULTS = 10;

export interface DelivererDeps {
  outbox: Outbox;
  messenger: Messenger;
  render: (content: Content, plain: boolean) => Drawing | Promise<Drawing>;
  /** Why a message may not be shown to its reader now; null if it may. Default: anyone may read it. */
  refusalFor?: (content: Content) => Promise<Verdict | null>;
  log: Log;
  settings: DelivererSettings;
  clock?: Clock;
  meter?: Meter;
}

type Parts = Required<DelivererDeps>;

export interface Deliverer {
  /** Call when messages may be due. */
  wake(): void;
  /** Delivers until the signal aborts, then finishes what is in flight. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes Slack match the messages in the database. Any number of deliverers may run at once. */
export function createDeliverer(given: DelivererDeps): Deliverer {
  const deps: Parts = {
    clock: systemClock,
    meter: silentMeter,
    refusalFor: async () => null,
    ...given,
  };
  const { outbox, log, settings, clock } = deps;
  const wake = createWake(clock);

  return {
    wake: wake.call,
    async run(signal) {
      const inFlight = new Set<Promise<void>>();
      const start = (work: Promise<void>): void => {
        inFlight.add(work);
        void work.finally(() => {
          inFlight.delete(work);
          wake.call();
        });
      };
      signal.addEventListener('abort', wake.call, { once: true });

      let failures = 0;
      let sinceTakeMs = (): number => Number.POSITIVE_INFINITY;
      while (!signal.aborted) {
        let pause = settings.idleMs;
        const early = TAKES_APART_MS - sinceTakeMs();
        if (early > 0) await clock.sleep(early, signal);
        if (signal.aborted) break;
        const free = settings.parallel - inFlight.size;
        if (free > 0) {
          // Started before the take, so a slow answer shortens the lease and never extends it.
          const leasedMs = stopwatch(clock);
          sinceTakeMs = leasedMs;
          wake.clear();
          try {
            const taken = await outbox.take(free, settings.leaseMs);
            failures = 0;
            if (signal.aborted) {
              // Taken after the stop. Give the leases back so the next bot needn't wait for them to expire.
              const all = [...taken.deliveries, ...taken.unreadable];
              const outcome = handedBack('the bot is stopping');
              for (const { messageId, token } of all)
                start(confirm(deps, messageId, token, outcome, leasedMs));
              break;
            }
            for (const delivery of taken.deliveries) start(deliver(deps, delivery, leasedMs));
            for (const broken of taken.unreadable) start(setAside(deps, broken, leasedMs));
            if (taken.nextDueMs !== null) pause = Math.min(pause, Math.max(taken.nextDueMs, 20));
          } catch (error) {
            failures += 1;
            pause = backoff(failures, 1_000, 30_000);
            log.warn('could not take messages from the database', { attempt: failures, error });
            // A gesture may cut the pause short, but not below what the database asked for.
            const least = Math.max(Math.min(pause, 2_000), retryAfterMs(error));
            await clock.sleep(least, signal);
            pause = Math.max(pause - least, 0);
          }
        }
        if (!signal.aborted) await wake.wait(pause);
      }
      await Promise.all(inFlight);
    },
  };
}

const NO_HOME = "The app's Home tab is off: turn it on under App Home, as manifest.yml has it.";

/** Nothing was sent, so the next taker may start right away. */
const handedBack = (reason: string): Outcome => ({
  kind: 'later',
  reason,
  afterMs: 0,
  wholeChannel: false,
  counts: false,
});

function adviceFor(
  { everything, reason }: { everything: boolean; reason: string },
  channel: string,
): string {
  if (reason === SHARED) return SHARED_ADVICE;
  if (everything) return 'Nothing can be sent: npm run doctor shows what is wrong with the token.';
  return isDirect(channel)
    ? 'This user gets no direct message; who has first call, or is about to lose a lead, is mentioned in the thread of the card. For missing_scope, see npm run doctor.'
    : 'Invite the bot to this channel, check the channel id, or unarchive it: npm run doctor shows which.';
}

/** Delivers one message and records the outcome. Never throws. */
async function deliver(deps: Parts, delivery: Delivery, leasedMs: () => number): Promise<void> {
  const { clock } = deps;
  const startedAt = clock.now();
  const outcome = await attempt(deps, delivery, leasedMs);
  const { messageId, action, channel } = delivery;
  const fields = {
    messageId,
    action,
    channel,
    kind: delivery.content.kind,
    outcome: outcome.kind,
    attempt: delivery.attempts,
    ms: Math.round(clock.now() - startedAt),
    ...('reason' in outcome ? { reason: outcome.reason } : {}),
    ...(outcome.kind === 'pause' ? { advice: adviceFor(outcome, channel) } : {}),
    ...(outcome.kind === 'dead' && outcome.reason === 'not_enabled' ? { advice: NO_HOME } : {}),
  };
  if ('reason' in outcome) deps.log.warn('message not shown', fields);
  else deps.log.info('message', fields);
  count(deps.meter, delivery, outcome, leasedMs());
  await confirm(deps, messageId, delivery.token, outcome, leasedMs);
}

function count(meter: Meter, delivery: Delivery, outcome: Outcome, leasedMs: number): void {
  const { content, gestureMs } = delivery;
  meter.add('deliveries_total', { kind: content.kind, outcome: outcome.kind });
  if (outcome.kind === 'shown' && gestureMs !== undefined) {
    meter.observe('gesture_card_seconds', {}, (gestureMs + leasedMs) / 1_000);
  }
}

async function attempt(deps: Parts, delivery: Delivery, leasedMs: () => number): Promise<Outcome> {
  const { messenger, settings, log } = deps;

  let drawing: Drawing | null = null;
  if (delivery.action === 'post' || delivery.action === 'update') {
    const refusal = await deps.refusalFor(delivery.content);
    if (refusal !== null) return afterFailure(refusal, delivery, settings);
    try {
      drawing = await deps.render(delivery.content, delivery.plain);
    } catch (error) {
      log.error('could not draw a message', { messageId: delivery.messageId, error });
      return ownFault('cannot be drawn', delivery.refusals);
    }
  }

  if (leasedMs() > settings.leaseMs - settings.marginMs) {
    return handedBack('lease too old');
  }
  try {
    if (drawing !== null && delivery.action === 'post') {
      const { channel, threadTs, messageId, version } = delivery;
      const address = await messenger.post(channel, threadTs, messageId, drawing);
      return { kind: 'shown', version, address, hash: fingerprint(drawing), sent: true };
    }
    if (drawing !== null && delivery.address !== null) {
      const hash = fingerprint(drawing);
      // Most re-scores don't change the card, and Slack takes about 50 updates a minute.
      const sent = hash !== delivery.shownHash;
      if (sent) await show(messenger, delivery.address, delivery.content, drawing);
      return { kind: 'shown', version: delivery.version, address: delivery.address, hash, sent };
    }
    if (delivery.action === 'remove' && delivery.address !== null) {
      await messenger.remove(delivery.address);
      return { kind: 'removed' };
    }
  } catch (error) {
    const verdict = messenger.judge(error);
    return delivery.action === 'remove'
      ? afterRefusedRemoval(verdict, delivery, settings)
      : afterFailure(verdict, delivery, settings);
  }
  return search(deps, delivery);
}

const show = (
  messenger: Messenger,
  address: Address,
  content: Content,
  drawing: Drawing,
): Promise<void> =>
  content.kind === 'home'
    ? messenger.publishHome(content.user, drawing)
    : messenger.update(address, drawing);

/** 0 to 1, different for each attempt, so bots that were rate limited together don't retry together. */
const jitter = (token: string): number =>
  createHash('sha256').update(token).digest().readUInt32BE() / 2 ** 32;

const fingerprint = ({ text, blocks }: Drawing): string =>
  createHash('sha256')
    .update(JSON.stringify([text, blocks]))
    .digest('base64url');

/** Searches Slack for copies of a message. Keeps the oldest and deletes the rest. */
async function search({ messenger, settings, log }: Parts, delivery: Delivery): Promise<Outcome> {
  const { messageId, channel, threadTs, attemptedAt, createdAt, address } = delivery;
  try {
    const [kept, ...extra] = await messenger.copies(
      address?.channel ?? channel,
      threadTs,
      messageId,
      attemptedAt ?? createdAt,
    );
    for (const copy of extra) {
      log.warn('deleting a second copy of a message', { messageId, channel: copy.channel });
      await messenger.remove(copy).catch((error: unknown) => {
        // A copy that can't be deleted, or already is, must not block the one we keep.
        const verdict = messenger.judge(error);
        const final =
          verdict.kind === 'gone' ||
          verdict.kind === 'frozen' ||
          verdict.kind === 'dead' ||
          (verdict.kind === 'later' && verdict.counts);
        if (!final) throw error;
        log.warn('could not delete a second copy of a message', {
          messageId,
          channel,
          reason: verdict.reason,
        });
      });
    }
    if (delivery.action === 'recheck') return { kind: 'rechecked', keep: kept ?? null };
    return kept === undefined
      ? { kind: 'missing', settleMs: settings.settleMs }
      : { kind: 'found', address: kept };
  } catch (error) {
    // The post may be in Slack, so don't post again without a successful search.
    const verdict = messenger.judge(error);
    log.error('could not search for a message after an unclear post', {
      messageId,
      channel,
      reason: verdict.reason,
    });
    // No thread, no reply.
    if (threadTs !== null && (verdict.kind === 'gone' || verdict.kind === 'dead')) {
      return { kind: 'gone', reason: `search: ${verdict.reason}` };
    }
    if (delivery.action === 'look' && verdict.kind === 'pause' && !verdict.everything) {
      return { kind: 'blind', reason: `search: ${verdict.reason}`, afterMs: settings.settleMs };
    }
    return {
      kind: 'later',
      reason: `search: ${verdict.reason}`,
      afterMs: verdict.kind === 'later' ? verdict.afterMs : settings.settleMs,
      wholeChannel: false,
      // The search before a post repeats until it succeeds; the one for a late copy gives up.
      counts: delivery.action === 'recheck',
    };
  }
}

function afterFailure(verdict: Verdict, delivery: Delivery, settings: DelivererSettings): Outcome {
  if (verdict.kind === 'unclear') {
    // Updates and removals are idempotent. After a post, search soon and once more later.
    const settleMs =
      delivery.action === 'update' || delivery.action === 'remove'
        ? attemptBackoff(delivery.attempts)
        : Math.min(5_000, settings.settleMs);
    return { ...verdict, settleMs };
  }
  if (verdict.kind === 'later' && verdict.wholeChannel) {
    return { ...verdict, afterMs: Math.round(verdict.afterMs * (1 + jitter(delivery.token) / 4)) };
  }
  if (verdict.kind === 'later' && verdict.counts && delivery.refusals + 1 >= MAX_REFUSALS) {
    return { kind: 'dead', reason: verdict.reason };
  }
  return verdict;
}

/** Already deleted counts as removed. An undeletable message is still visible, so it is reported as dead. */
function afterRefusedRemoval(
  verdict: Verdict,
  delivery: Delivery,
  settings: DelivererSettings,
): Outcome {
  if (verdict.reason === 'message_not_found') return { kind: 'removed' };
  const refused = ['gone', 'frozen', 'plain'].includes(verdict.kind);
  return refused
    ? { kind: 'dead', reason: verdict.reason }
    : afterFailure(verdict, delivery, settings);
}

const ownFault = (reason: string, refusals: number): Outcome =>
  refusals + 1 >= MAX_OWN_FAULTS
    ? { kind: 'dead', reason }
    : {
        kind: 'later',
        reason,
        afterMs: attemptBackoff(refusals + 1),
        wholeChannel: false,
        counts: true,
      };

const attemptBackoff = (attempts: number): number => backoff(attempts, 1_000, 60_000);

async function setAside(
  deps: Parts,
  { messageId, token, refusals, problem }: UnreadableDelivery,
  leasedMs: () => number,
): Promise<void> {
  deps.log.error('message set aside: its data does not parse', { messageId, reason: problem });
  const outcome = ownFault(`does not parse: ${problem}`, refusals);
  deps.meter.add('deliveries_total', { kind: 'unreadable', outcome: outcome.kind });
  await confirm(deps, messageId, token, outcome, leasedMs);
}

/** Retries until the lease is nearly over. After that, the next taker searches Slack first. */
async function confirm(
  { outbox, log, settings, clock }: Parts,
  messageId: string,
  token: string,
  outcome: Outcome,
  leasedMs: () => number,
): Promise<void> {
  const endMs = settings.leaseMs - settings.marginMs / 2;
  for (let failures = 1; ; failures++) {
    try {
      const kept = await outbox.confirm(messageId, token, outcome);
      if (!kept) log.warn('the lease on a message has passed to another bot', { messageId });
      return;
    } catch (error) {
      const pause = Math.max(backoff(failures, 200, 5_000), retryAfterMs(error));
      if (leasedMs() + pause > endMs) {
        log.error('could not record the outcome of a message', { messageId, error });
        return;
      }
      await clock.sleep(pause);
    }
  }
}
