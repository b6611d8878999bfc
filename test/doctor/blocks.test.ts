import { expect, onTestFinished, test } from 'vitest';
import { slackClient } from '../../src/adapters/slack-client.ts';
import { checkBlocks, type Question } from '../../src/doctor/blocks.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { mutedSdkLog } from '../../src/ops/sdk-log.ts';
import { type LocalSlack, startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';

async function slackForTest(): Promise<LocalSlack> {
  const slack = await startLocalSlack();
  onTestFinished(() => slack.close());
  return slack;
}

async function findings(
  slack: LocalSlack,
  questions?: readonly Question[],
  patienceMs?: number,
): Promise<Finding[]> {
  const access = { botToken: slack.botToken, apiUrl: slack.apiUrl, sdkLog: mutedSdkLog };
  const found: Finding[] = [];
  for await (const one of checkBlocks(slackClient(access, 5_000), questions, patienceMs))
    found.push(one);
  return found;
}

const divider = { type: 'divider' as const };
const chart = {
  type: 'data_visualization',
  title: 'Claimed',
  chart: { type: 'pie', segments: [{ label: 'a', value: 1 }] },
};
const question = (blocks: object[], names: string[], isNew = false): Question => ({
  args: { blocks: blocks.map((block) => ({ type: '', ...block })) },
  names,
  isNew,
});

test('a workspace that takes everything gets one line, in few calls', async () => {
  const slack = await slackForTest();
  expect(await findings(slack)).toEqual([
    { kind: 'ok', text: 'Slack accepts the blocks of every message, form and Home tab.' },
  ]);
  const asked = slack.calls('blocks.validate');
  expect(asked.length).toBeLessThan(60);
  const views = asked.flatMap(({ args }) => (args['view'] === undefined ? [] : [args['view']]));
  expect(views).toContainEqual(
    expect.objectContaining({ type: 'modal', submit: expect.anything() }),
  );
  expect(views).toContainEqual(expect.objectContaining({ type: 'home' }));
  expect(JSON.stringify(asked.map(({ args }) => args['blocks']))).toContain('alert.claim');
});

test('names the drawing that a block is of, what is wrong and where, once per drawing', async () => {
  const slack = await slackForTest();
  const bad = { ...divider, colour: 'red', size: 1 };
  const asked = question([divider, bad], ['card', 'digest']);
  expect(await findings(slack, [asked])).toEqual([
    {
      kind: 'problem',
      text: expect.stringMatching(
        /^Slack refuses blocks of the drawing "digest": invalid additional property: colour \(\/1\)\./,
      ),
    },
  ]);
});

test('names the form of a refused view', async () => {
  const slack = await slackForTest();
  const args = { view: { type: 'home' as const, blocks: [{ type: 'markdown' }] } };
  const [found] = await findings(slack, [{ args, names: ['Home'], isNew: false }]);
  expect(found?.text).toContain('"Home": unsupported type: markdown (/blocks/0/type)');
});

test('lists five drawings, and counts the rest', async () => {
  const slack = await slackForTest();
  slack.misbehave({ how: { kind: 'refuse-block', type: 'section' } });
  const found = await findings(slack);
  expect(found).toHaveLength(6);
  expect(found.every(({ kind }) => kind === 'problem')).toBe(true);
  expect(found[0]?.text).toContain('"card": unsupported type: section');
  expect(found.at(-1)?.text).toMatch(/^Slack refuses \d+ more blocks of other drawings\.$/);
});

test('new blocks that the workspace does not take are worth a note, not a problem', async () => {
  const slack = await slackForTest();
  slack.misbehave({ how: { kind: 'refuse-block', type: 'data_visualization' } });
  const asked = [question([divider], ['card']), question([chart], ['stats'], true)];
  expect(await findings(slack, asked)).toEqual([
    { kind: 'note', text: expect.stringContaining('numbers are sent as text') },
    { kind: 'ok', text: expect.stringContaining('Slack accepts') },
  ]);
});

test('a rate limit ends the questions, and what was found before is told', async () => {
  const slack = await slackForTest();
  const bad = question([{ ...divider, colour: 'red' }], ['card']);
  const fine = question([divider], ['digest']);
  slack.misbehave({
    method: 'blocks.validate',
    how: { kind: 'rate-limit', retryAfterSeconds: 60 },
    when: (args) => JSON.stringify(args['blocks']) === JSON.stringify([divider]),
  });
  expect(await findings(slack, [bad, fine, fine])).toEqual([
    { kind: 'problem', text: expect.stringContaining('"card"') },
    { kind: 'note', text: expect.stringMatching(/ratelimited.*1 of 3 calls went through/) },
  ]);
  expect(slack.calls('blocks.validate')).toHaveLength(2);
});

test('a Slack that is out of reach is a note', async () => {
  const slack = await startLocalSlack();
  await slack.close();
  const found = await findings(slack);
  expect(found).toEqual([
    { kind: 'note', text: expect.stringMatching(/^Could not ask Slack about all blocks \(.+0 of/) },
  ]);
});

test('stops asking when its time is up', async () => {
  const slack = await slackForTest();
  const found = await findings(slack, undefined, -1);
  expect(found).toEqual([{ kind: 'note', text: expect.stringContaining('too slowly') }]);
  expect(slack.calls('blocks.validate')).toEqual([]);
});
