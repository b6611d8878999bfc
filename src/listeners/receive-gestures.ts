import type { App } from '@slack/bolt';
import { infoModal } from '../../blocks/info-modal.ts';
import type { Meter, Surface } from '../core/ports.ts';
import { silentMeter } from '../core/silent-meter.ts';
import type { Log } from '../ops/log.ts';
import { type Gesture, isEventToIgnore, isSubmission, parseGesture } from './gesture.ts';
import { boltContextWith, GestureContext } from './gesture-context.ts';

type ProcessEvent = App['processEvent'];

interface ReceiveDeps {
  surface: Surface;
  log: Log;
  meter?: Meter;
}

const UNREADABLE = infoModal(
  'Not possible',
  'This form could not be read, so nothing was saved. Close it and open it again.',
);
const FAILED = infoModal(
  'Not possible',
  'This could not be done. Close it and try again in a minute.',
);

/**
 * Wraps Bolt's `processEvent`, for HTTP and the socket: drops whatever is not a gesture, acknowledges everything, and
 * never rejects, which would end the process.
 */
export function receiveGestures(
  { surface, log, meter = silentMeter }: ReceiveDeps,
  processEvent: ProcessEvent,
): ProcessEvent {
  return async ({ body, ack, ...rest }) => {
    const startedAt = performance.now();
    let acknowledged = false;
    const acknowledge = async (response?: unknown): Promise<void> => {
      acknowledged = true;
      await ack(response);
      if (gesture === null) return;
      const seconds = (performance.now() - startedAt) / 1_000;
      meter.observe('payload_ack_seconds', { kind: gesture.kind }, seconds);
    };
    const gesture = parseGesture(body);
    try {
      if (gesture === null) {
        if (!isEventToIgnore(body)) log.warn('ignored a payload that is not a gesture');
        await acknowledge(isSubmission(body) ? update(UNREADABLE) : undefined);
        return;
      }
      const context = new GestureContext(withTrustedUrl(gesture, surface, log));
      await processEvent({
        ...rest,
        body: routingBody(gesture),
        customProperties: boltContextWith(context),
        ack: acknowledge,
      });
      meter.add('payloads_total', { kind: gesture.kind, outcome: context.outcome });
    } catch (error) {
      if (gesture !== null) {
        meter.add('payloads_total', { kind: gesture.kind, outcome: 'failed' });
      }
      log.error('could not handle a payload from Slack', { error });
    }
    if (acknowledged) return;
    // Otherwise the modal would close as if it had been saved.
    const response = gesture?.kind === 'submission' ? update(FAILED) : undefined;
    await acknowledge(response).catch((error: unknown) => {
      log.warn('could not acknowledge a payload from Slack', { error });
    });
  };
}

const update = (view: typeof FAILED) => ({ response_action: 'update', view });

/** Only what Bolt needs to find the listener. It throws on fields like `event: null` or `team: {"id": "__proto__"}`. */
function routingBody({ kind, user, action }: Gesture): Record<string, unknown> {
  switch (kind) {
    case 'command':
      return { command: action, user_id: user };
    case 'press':
      return { type: 'block_actions', user: { id: user }, actions: [{ action_id: action }] };
    case 'submission':
      return { type: 'view_submission', user: { id: user }, view: { callback_id: action } };
    case 'shortcut':
      return { type: 'shortcut', user: { id: user }, callback_id: action };
    case 'mention':
    case 'home':
      return { type: 'event_callback', event: { type: action, user } };
  }
}

/** Drops a `response_url` that is not Slack's. The answer then goes through the Web API. */
function withTrustedUrl(gesture: Gesture, surface: Surface, log: Log): Gesture {
  if (gesture.responseUrl === null || surface.answersAt(gesture.responseUrl)) return gesture;
  log.warn("ignored a response_url that is not Slack's", {
    advice:
      'Either the sender knows SLACK_SIGNING_SECRET, or SLACK_API_URL points to another Slack.',
  });
  return { ...gesture, responseUrl: null };
}
