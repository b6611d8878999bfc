import { randomBytes } from 'node:crypto';
import { App, type Logger, type Receiver } from '@slack/bolt';
import { z } from 'zod';
import type { ListenerDeps } from '../listeners/deps.ts';
import { gestureContext } from '../listeners/gesture-context.ts';
import { type GuardDeps, guard } from '../listeners/guard.ts';
import { registerListeners } from '../listeners/index.ts';
import { receiveGestures } from '../listeners/receive-gestures.ts';
import type { InFlight } from './in-flight.ts';

export interface AppDeps extends ListenerDeps, GuardDeps {
  receiver: Receiver;
  botToken: string;
  botId: string;
  botUserId: string;
  apiUrl: string | undefined;
  sdkLog: Logger;
  /** Tracks gestures from before the ack until the last answer. */
  inFlight: InFlight;
}

/** The Bolt app with its listeners and error handler. Opens no connection. */
export function buildApp(deps: AppDeps): App {
  const app = new App({
    receiver: deps.receiver,
    token: deps.botToken,
    // Given both ids, Bolt's constructor skips auth.test, where a bad token is an unhandled rejection.
    botId: deps.botId,
    botUserId: deps.botUserId,
    convoStore: false,
    logger: deps.sdkLog,
    extendedErrorHandler: true,
    ...(deps.apiUrl === undefined ? {} : { clientOptions: { slackApiUrl: deps.apiUrl } }),
  });
  app.use(guard(deps));
  app.error((raised: unknown) => apologize(deps, raised));
  registerListeners(app, deps);
  const enter = receiveGestures(deps, app.processEvent.bind(app));
  // Receivers call this. It settles after all listeners, and after the apology for one that failed.
  app.processEvent = (event) => deps.inFlight.track(enter(event));
  return app;
}

const raisedError = z.object({ error: z.unknown(), context: z.record(z.string(), z.unknown()) });

/** For bugs and database outages: logs the error with an incident id and shows that id to the user. */
async function apologize({ surface, log }: AppDeps, raised: unknown): Promise<void> {
  const { error, context } = raisedError.parse(raised);
  const incident = randomBytes(3).toString('hex');
  log.error('a gesture failed', { incident, error });
  const ours = gestureContext(context);
  if (ours === null) return;
  ours.outcome = 'failed';
  const { gesture } = ours;
  const text = `Something went wrong. Please try again in a minute. If it keeps failing, report incident ${incident} to whoever runs this bot.`;
  try {
    await surface.tell(gesture.user, gesture.channel, { text, blocks: [] });
  } catch (failure) {
    log.warn('could not tell a user that a gesture failed', { incident, error: failure });
  }
}
