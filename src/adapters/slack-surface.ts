import type { View } from '@slack/types';
import { WebAPIPlatformError } from '@slack/web-api';
import { z } from 'zod';
import type { Drawing, NewBlock } from '../core/message.ts';
import type { NewBlocks, Surface } from '../core/ports.ts';
import { measuredCall, type SlackAccess, slackClient } from './slack-client.ts';

/** A trigger id lives for three seconds. A later answer would be useless. */
const CALL_TIMEOUT_MS = 5_000;

const opened = z.object({ view: z.object({ id: z.string() }) });

/** Codes of `views.update` when the user has closed the modal. */
const CLOSED = new Set(['not_found', 'view_not_found']);

const REFUSES_BLOCKS = /\binvalid_blocks/;

/** Slack's answer to a private answer that it didn't take. */
class NotTaken extends Error {
  override readonly name = 'NotTaken';
  readonly refusesBlocks: boolean;

  constructor(status: number, body: string) {
    const refusesBlocks = REFUSES_BLOCKS.test(body);
    super(
      `Slack did not take a private answer: HTTP ${status}${refusesBlocks ? ', invalid_blocks' : ''}`,
    );
    this.refusesBlocks = refusesBlocks || status === 400;
  }
}

type Blocks = (Drawing['blocks'][number] | NewBlock)[];

/** Modals and private answers. No retries, except without new blocks. */
export function slackSurface(
  access: SlackAccess,
  newBlocks: NewBlocks,
  log: { warn(what: string, facts: { error: unknown }): void },
): Surface {
  const client = slackClient(access, CALL_TIMEOUT_MS);
  // An answer without charts is better than none.
  const areTaken = () =>
    newBlocks.areTaken().catch((error: unknown) => {
      log.warn('could not read whether Slack takes new blocks', { error });
      return false;
    });
  const noteRefusal = () =>
    newBlocks.noteRefusal().catch((error: unknown) => {
      log.warn('could not note that Slack refused new blocks', { error });
    });

  /** Slack refuses a message as a whole, so one refused for its new blocks is sent again without them. */
  async function send(
    { blocks, rich }: Drawing,
    deliver: (blocks: Blocks) => Promise<unknown>,
  ): Promise<void> {
    if (rich !== undefined && (await areTaken())) {
      try {
        await deliver([...rich]);
        return;
      } catch (error) {
        if (refusesBlocks(error)) {
          await Promise.all([deliver(blocks), noteRefusal()]);
          return;
        }
        // Whatever else its answer means, the classic blocks may get through.
        if (!(error instanceof NotTaken)) throw error;
      }
    }
    await deliver(blocks);
  }

  async function post(responseUrl: string, body: object): Promise<void> {
    if (!isSlackUrl(responseUrl, access.apiUrl)) {
      throw new Error("refused to send a private answer to a URL that is not Slack's");
    }
    await measuredCall(access.meter, 'response_url', async () => {
      const response = await fetch(responseUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        // A redirect would forward the answer elsewhere.
        redirect: 'error',
        signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
      });
      const answer = (await response.text()).slice(0, MAX_ANSWER);
      if (!response.ok || /"ok"\s*:\s*false/.test(answer))
        throw new NotTaken(response.status, answer);
    });
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

    replaceAnswer: (responseUrl, drawing) =>
      send(drawing, (blocks) =>
        post(responseUrl, { replace_original: true, text: drawing.text, blocks }),
      ),

    answer: (responseUrl, drawing, to) =>
      send(drawing, (blocks) =>
        post(responseUrl, {
          response_type: to === 'person' ? 'ephemeral' : 'in_channel',
          replace_original: false,
          text: drawing.text,
          blocks,
        }),
      ),

    async tell(user, channel, drawing, threadTs = null) {
      const { text } = drawing;
      if (channel !== null) {
        const thread = threadTs === null ? {} : { thread_ts: threadTs };
        try {
          await send(drawing, (blocks) =>
            client.chat.postEphemeral({ channel, user, text, blocks, ...thread }),
          );
          return;
        } catch (error) {
          // The bot or the user isn't in the channel: send a direct message instead.
          if (!(error instanceof WebAPIPlatformError)) throw error;
        }
      }
      await send(drawing, (blocks) =>
        client.chat.postMessage({
          channel: user,
          text,
          blocks,
          unfurl_links: false,
          unfurl_media: false,
        }),
      );
    },
  };
}

function refusesBlocks(error: unknown): boolean {
  return error instanceof WebAPIPlatformError
    ? REFUSES_BLOCKS.test(error.data.error)
    : error instanceof NotTaken && error.refusesBlocks;
}

const SLACK_API = 'https://slack.com/api/';
const MAX_URL = 2_000;
const MAX_ANSWER = 2_000;

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
