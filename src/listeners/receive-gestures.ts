import type { App } from '@slack/bolt';
import { infoModal } from '../../blocks/info-modal.ts';
import type { Surface } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { type Gesture, isSubmission, parseGesture } from './gesture.ts';
import { boltContextWith } from './gesture-context.ts';

type ProcessEvent = App['processEvent'];

export interface ReceiveDeps {
  surface: Surface;
  log: Log;
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
 * Stands before Bolt, for requests and for the socket: hands on what is known of a gesture and nothing else, sees to it
 * that everything is acknowledged, and never throws, which would end the process.
 */
export function receiveGestures(
  { surface, log }: ReceiveDeps,
  processEvent: ProcessEvent,
): ProcessEvent {
  return async ({ body, ack, ...rest }) => {
    let acknowledged = false;
    const acknowledge = async (response?: unknown): Promise<void> => {
      acknowledged = true;
      await ack(response);
    };
    const gesture = parseGesture(body);
    try {
      if (gesture === null) {
        log.warn('something that is no gesture of a person was not let in');
        await acknowledge(isSubmission(body) ? update(UNREADABLE) : undefined);
        return;
      }
      await processEvent({
        ...rest,
        body: routingBody(gesture),
        customProperties: boltContextWith(withOwnUrl(gesture, surface, log)),
        ack: acknowledge,
      });
    } catch (error) {
      log.error('something that came in could not be handled', { error });
    }
    if (acknowledged) return;
    // A modal would close as if it had been saved.
    const said = gesture?.kind === 'submission' ? update(FAILED) : undefined;
    await acknowledge(said).catch((error: unknown) => {
      log.warn('something that came in could not be acknowledged', { error });
    });
  };
}

const update = (view: typeof FAILED) => ({ response_action: 'update', view });

/**
 * What Bolt needs to find the listener, and no more: it looks into fields that the bot has no use for, and throws on
 * `event: null` or `team: {"id": "__proto__"}`.
 */
function routingBody({ kind, user, action }: Gesture): Record<string, unknown> {
  switch (kind) {
    case 'command':
      return { command: action, user_id: user };
    case 'press':
      return { type: 'block_actions', user: { id: user }, actions: [{ action_id: action }] };
    case 'submission':
      return { type: 'view_submission', user: { id: user }, view: { callback_id: action } };
  }
}

/** Without a `response_url` that is not Slack's: what is to be said goes another way then. */
function withOwnUrl(gesture: Gesture, surface: Surface, log: Log): Gesture {
  if (gesture.responseUrl === null || surface.answersAt(gesture.responseUrl)) return gesture;
  log.warn('a gesture came with a response_url that is not of Slack, which is not used', {
    advice: 'Whoever sent it knows SLACK_SIGNING_SECRET, or SLACK_API_URL leads to another Slack.',
  });
  return { ...gesture, responseUrl: null };
}
