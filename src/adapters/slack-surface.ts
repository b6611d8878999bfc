import type { View } from '@slack/types';
import { WebAPIPlatformError } from '@slack/web-api';
import { z } from 'zod';
import type { Surface } from '../core/ports.ts';
import { type SlackAccess, slackClient } from './slack-client.ts';

/** A trigger id lives for three seconds. A later answer would be useless. */
const CALL_TIMEOUT_MS = 5_000;

const opened = z.object({ view: z.object({ id: z.string() }) });

/** Codes of `views.update` when the user has closed the modal. */
const CLOSED = new Set(['not_found', 'view_not_found']);

/** Modals and private answers. No retries. */
export function slackSurface(access: SlackAccess): Surface {
  const client = slackClient(access, CALL_TIMEOUT_MS);

  async function post(responseUrl: string, body: object): Promise<void> {
    if (!isSlackUrl(responseUrl, access.apiUrl)) {
      throw new Error("refused to send a private answer to a URL that is not Slack's");
    }
    const { ok, status } = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      // A redirect would forward the answer elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    if (!ok) throw new Error(`Slack did not take a private answer: HTTP ${status}`);
  }

  return {
    async openModal(triggerId, view: View, on) {
      const call = { trigger_id: triggerId, view };
      const answer = on === 'modal' ? await client.views.push(call) : await client.views.open(call);
      return opened.parse(answer).view.id;
    },

    async updateModal(viewId, view) {
      try {
        await client.views.update({ view_id: viewId, view });
      } catch (error) {
        if (error instanceof WebAPIPlatformError && CLOSED.has(error.data.error)) return;
        throw error;
      }
    },

    answersAt: (url) => isSlackUrl(url, access.apiUrl),

    replaceAnswer: (responseUrl, { text, blocks }) =>
      post(responseUrl, { replace_original: true, text, blocks }),

    answer: (responseUrl, { text, blocks }, to) =>
      post(responseUrl, {
        response_type: to === 'person' ? 'ephemeral' : 'in_channel',
        replace_original: false,
        text,
        blocks,
      }),

    async tell(user, channel, { text, blocks }, threadTs = null) {
      if (channel !== null) {
        try {
          const thread = threadTs === null ? {} : { thread_ts: threadTs };
          await client.chat.postEphemeral({ channel, user, text, blocks, ...thread });
          return;
        } catch (error) {
          // The bot or the user isn't in the channel: send a direct message instead.
          if (!(error instanceof WebAPIPlatformError)) throw error;
        }
      }
      await client.chat.postMessage({
        channel: user,
        text,
        blocks,
        unfurl_links: false,
        unfurl_media: false,
      });
    },
  };
}

const SLACK_API = 'https://slack.com/api/';
const MAX_URL = 2_000;

/** A `response_url` is untrusted input, and lead data goes only to Slack: to its hosts, or to SLACK_API_URL's. */
function isSlackUrl(responseUrl: string, apiUrl = SLACK_API): boolean {
  const url = responseUrl.length > MAX_URL ? null : URL.parse(responseUrl);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return [SLACK_API, apiUrl].some((one) => {
    const api = new URL(one);
    return (
      url.protocol === api.protocol && (url.host === api.host || url.host.endsWith(`.${api.host}`))
    );
  });
}
