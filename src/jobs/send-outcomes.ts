import type { TakenOutcome } from '../core/outcome-event.ts';
import type { OutcomeReceiver, Outcomes } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { type Clock, systemClock } from './clock.ts';
import { createOnceAnHour } from './once-an-hour.ts';

/** At once. Of one alert, one at a time. */
const PARALLEL = 8;
/** More than an answer may take and its report to the database. */
const LEASE_MS = 60_000;
/** How soon to look for more while one is slow. */
const LOOK_AGAIN_MS = 1_000;

export interface OutcomeJobDeps {
  outcomes: Outcomes;
  receiver: OutcomeReceiver;
  log: Log;
  /** Called with the event's type after each attempt. */
  onSent?: (type: string, result: 'delivered' | 'failed' | 'set-aside') => void;
  clock?: Clock;
}

/**
 * Returns a job that sends the events that wait, until none is due. At least once: an attempt that nobody has
 * reported is repeated when its lease ends. Several bots may run it at once.
 */
export function createOutcomeJob({
  outcomes,
  receiver,
  log,
  onSent = () => {},
  clock = systemClock,
}: OutcomeJobDeps): (signal: AbortSignal) => Promise<void> {
  const isNews = createOnceAnHour(clock);
  let begins = true;

  async function send({ event, token, attempt }: TakenOutcome): Promise<void> {
    const startedAt = clock.now();
    const result = await receiver.send(event);
    const state = await outcomes.confirm(event.id, token, result);
    const fields = {
      alertId: event.alertId,
      kind: event.type,
      attempt,
      ms: Math.round(clock.now() - startedAt),
      ...(result.kind !== 'delivered' && { reason: result.reason }),
    };
    log.info('webhook', { ...fields, outcome: result.kind });
    onSent(
      event.type,
      state === 'set-aside' ? state : result.kind === 'delivered' ? 'delivered' : 'failed',
    );
    if (state === 'set-aside') log.warn('webhook set aside', { ...fields, advice: SET_ASIDE });
    else if (result.kind === 'gone' && isNews('endpoint', 'gone')) {
      log.error('webhooks are stopped: the receiver says that its URL is gone', { advice: GONE });
    } else if (result.kind === 'failed' && isNews('endpoint', result.reason)) {
      log.warn('the receiver of webhooks did not take one, it is sent again', fields);
    }
  }

  return async (signal) => {
    const inFlight = new Set<Promise<void>>();
    const problems: unknown[] = [];

    async function begin(): Promise<void> {
      const { work, givenUp } = await outcomes.take(PARALLEL - inFlight.size, LEASE_MS, begins);
      begins = false;
      if (givenUp > 0) log.warn('webhooks set aside', { count: givenUp, advice: SET_ASIDE });
      for (const taken of work) {
        const sending: Promise<void> = send(taken)
          .catch((error: unknown) => problems.push(error))
          .then(() => {})
          .finally(() => inFlight.delete(sending));
        inFlight.add(sending);
      }
    }

    while (!signal.aborted && problems.length === 0) {
      if (inFlight.size < PARALLEL) await begin().catch((error: unknown) => problems.push(error));
      if (inFlight.size === 0) break;
      const pause = new AbortController();
      await Promise.race([...inFlight, clock.sleep(LOOK_AGAIN_MS, pause.signal)]);
      pause.abort();
    }
    await Promise.all(inFlight);
    if (problems.length > 0) throw problems[0];
  };
}

const GONE =
  'Correct OUTCOME_WEBHOOK_URL, or restart the bot once the receiver is back. What waits is kept for three days.';
const SET_ASIDE = 'npm run doctor shows how many were set aside, why, and how to send them again.';
