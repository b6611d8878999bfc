import { App, HTTPReceiver, LogLevel } from '@slack/bolt';
import type { KnownBlock, ModalView } from '@slack/types';
import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import { onTestFinished } from 'vitest';
import {
  type LocalSlack,
  type LocalSlackOptions,
  startLocalSlack,
} from '../../../src/sandbox/slack/local-slack.ts';

export const HOT = 'C0HOTLEADS';

export async function slackForTest(options?: LocalSlackOptions): Promise<LocalSlack> {
  const slack = await startLocalSlack(options);
  onTestFinished(() => slack.close());
  return slack;
}

/**
 * Configured like the deliverer's: one attempt, and no wait for rate limits. The long timeout allows for a
 * busy machine; tests of hanging calls pass a shorter one.
 */
export function clientOf(slack: LocalSlack, token = slack.botToken, timeoutMs = 20_000): WebClient {
  return new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    logLevel: LogLevel.ERROR,
    logger: silent,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs,
  });
}

const silent = {
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  setLevel: () => {},
  getLevel: () => LogLevel.ERROR,
  setName: () => {},
};

/** Error code and data of a call that Slack must refuse. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ error: string; messages: readonly string[]; data: Record<string, unknown> }> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof WebAPIPlatformError)) throw error;
    const { data } = error;
    return {
      error: String(data.error),
      messages: data.response_metadata?.messages ?? [],
      data: { ...data },
    };
  }
  throw new Error('The call was accepted');
}

/** A Socket Mode app. `prepare` registers its listeners. */
export async function socketApp(
  slack: LocalSlack,
  prepare: (app: App) => void = () => {},
): Promise<App> {
  const app = new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    logger: silent,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  app.error(async () => {});
  prepare(app);
  onTestFinished(async () => {
    await app.stop();
  });
  await app.start();
  return app;
}

/** An HTTP mode app. */
export async function httpApp(
  slack: LocalSlack,
  prepare: (app: App) => void,
  signingSecret = slack.signingSecret,
): Promise<App> {
  const receiver = new HTTPReceiver({ signingSecret, logger: silent });
  const app = new App({
    token: slack.botToken,
    receiver,
    logger: silent,
    clientOptions: { slackApiUrl: slack.apiUrl },
  });
  app.error(async () => {});
  prepare(app);
  const server = await app.start(0);
  onTestFinished(async () => {
    await app.stop();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  slack.deliverTo(`http://127.0.0.1:${address.port}/slack/events`);
  return app;
}

export function button(actionId: string, value = 'v', text = 'Press'): KnownBlock {
  return {
    type: 'actions',
    block_id: `block.${actionId}.${value}`,
    elements: [{ type: 'button', action_id: actionId, value, text: { type: 'plain_text', text } }],
  };
}

export function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text } };
}

export function modal(extra: Partial<ModalView> = {}): ModalView {
  return {
    type: 'modal',
    callback_id: 'note',
    title: { type: 'plain_text', text: 'Note' },
    submit: { type: 'plain_text', text: 'Save' },
    blocks: [
      {
        type: 'input',
        block_id: 'note',
        label: { type: 'plain_text', text: 'Note' },
        element: { type: 'plain_text_input', action_id: 'note', max_length: 10 },
      },
      {
        type: 'input',
        block_id: 'how',
        optional: true,
        label: { type: 'plain_text', text: 'How' },
        element: {
          type: 'static_select',
          action_id: 'how',
          options: [
            { text: { type: 'plain_text', text: 'E-mail' }, value: 'email' },
            { text: { type: 'plain_text', text: 'Phone' }, value: 'phone' },
          ],
        },
      },
    ],
    ...extra,
  };
}
