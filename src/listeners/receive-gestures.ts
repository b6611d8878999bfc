import type { App } from '@slack/bolt';
import { z } from 'zod';
import { infoModal } from '../../blocks/info-modal.ts';
import type { Surface } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { type Arrival, arrivalIn } from './gesture.ts';

type Take = App['processEvent'];

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
export function receiveGestures({ surface, log }: ReceiveDeps, take: Take): Take {
  return async ({ body, ack, ...rest }) => {
    let acknowledged = false;
    const acknowledge = async (response?: unknown): Promise<void> => {
      acknowledged = true;
      await ack(response);
    };
    const arrival = arrivalIn(body);
    try {
      if (arrival === null) {
        log.warn('something that is no gesture of a person was not let in');
        await acknowledge(isSubmission(body) ? update(UNREADABLE) : undefined);
        return;
      }
      await take({ ...rest, body: withOwnUrl(arrival, surface, log), ack: acknowledge });
    } catch (error) {
      log.error('something that came in could not be handled', { error });
    }
    if (acknowledged) return;
    // A modal would close as if it had been saved.
    const said = arrival !== null && isSubmission(arrival) ? update(FAILED) : undefined;
    await acknowledge(said).catch((error: unknown) => {
      log.warn('something that came in could not be acknowledged', { error });
    });
  };
}

const submission = z.object({ type: z.literal('view_submission') });
const isSubmission = (body: unknown): boolean => submission.safeParse(body).success;

const update = (view: typeof FAILED) => ({ response_action: 'update', view });

/** Without a `response_url` that is not Slack's: what is to be said goes another way then. */
function withOwnUrl(arrival: Arrival, surface: Surface, log: Log): Arrival {
  if (!('response_url' in arrival) || arrival.response_url === undefined) return arrival;
  if (surface.answersAt(arrival.response_url)) return arrival;
  log.warn('a gesture came with a response_url that is not of Slack, which is not used', {
    advice: 'Whoever sent it knows SLACK_SIGNING_SECRET, or SLACK_API_URL leads to another Slack.',
  });
  return { ...arrival, response_url: undefined };
}
