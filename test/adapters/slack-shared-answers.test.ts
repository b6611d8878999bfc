import { expect, test } from 'vitest';
import { removeSharedAnswers } from '../../src/adapters/slack-shared-answers.ts';
import { CONNECTION, ok, refuses, slackEdge } from '../support/slack-api.ts';

const slack = slackEdge();

const sweep = () =>
  removeSharedAnswers({ ...CONNECTION, botId: 'B0BOT' }, 'C0HOT', (blockIds) =>
    blockIds.includes('shared:acme.example'),
  );

const message = (ts: string, blockId: string, bot = 'B0BOT') => ({
  ts,
  bot_id: bot,
  blocks: [{ type: 'context', block_id: blockId }],
});

test('deletes shared answers about an account on every page, and nothing else', async () => {
  slack.answers(
    'conversations.history',
    ok({
      messages: [
        message('5.1', 'shared:acme.example'),
        message('4.1', 'shared:other.example'),
        message('3.1', 'shared:acme.example', 'B0OTHER'),
        { ts: '2.1', text: 'a person says shared:acme.example' },
      ],
      response_metadata: { next_cursor: 'more' },
    }),
    ok({ messages: [message('1.1', 'shared:acme.example')] }),
  );
  slack.answers('chat.delete', ok());
  expect(await sweep()).toEqual({ channel: 'C0HOT', removed: 2, problem: null });
  const deleted = slack.calls.filter(({ method }) => method === 'chat.delete');
  expect(deleted.map(({ args }) => args['ts'])).toEqual(['5.1', '1.1']);
});

test('reports an answer that Slack refuses to delete, but not one that is gone', async () => {
  slack.answers(
    'conversations.history',
    ok({
      messages: [message('2.1', 'shared:acme.example'), message('1.1', 'shared:acme.example')],
    }),
  );
  slack.answers('chat.delete', refuses('message_not_found'), refuses('cant_delete_message'));
  expect(await sweep()).toEqual({ channel: 'C0HOT', removed: 0, problem: 'cant_delete_message' });
});

test("reports a channel it can't read", async () => {
  slack.answers('conversations.history', refuses('missing_scope'));
  expect(await sweep()).toEqual({ channel: 'C0HOT', removed: 0, problem: 'missing_scope' });
});

test('gives up on an endless history and reports it', async () => {
  slack.answers(
    'conversations.history',
    ok({ messages: [], response_metadata: { next_cursor: 'more' } }),
  );
  expect(await sweep()).toMatchObject({ problem: 'too_many_messages' });
  expect(slack.calls).toHaveLength(100);
});
