import { createServer, request } from 'node:http';
import { afterAll, expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { BotProcess } from '../../src/sandbox/demo/bot-process.ts';
import { startChild } from '../../src/sandbox/supabase/child.ts';
import { freePort, listen } from '../support/listen.ts';
import {
  ALICE,
  answer,
  BEN,
  HOT_LEADS,
  message,
  modal,
  onMessage,
  startWorld,
} from '../support/world.ts';

const { slack, startAnother } = await startWorld({ replicas: 0 });

/** Sends each request to the next bot, once and unchanged, as docs/scaling.md asks of a balancer. */
const ports: string[] = [];
const sentTo: string[] = [];
const balancer = createServer((incoming, outgoing) => {
  const port = ports.shift() ?? '0';
  ports.push(port);
  sentTo.push(port);
  const { method, url = '', headers } = incoming;
  const forwarded = request({ port, method, path: url, headers, agent: false }, (answered) => {
    outgoing.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(outgoing);
  });
  forwarded.on('error', () => outgoing.writeHead(502).end());
  incoming.pipe(forwarded);
});
slack.deliverTo(`http://127.0.0.1:${await listen(balancer)}/slack/events`);
afterAll(() => {
  balancer.closeAllConnections();
  balancer.close();
});

/** Starts a bot that the balancer knows once it is ready. */
async function addBot(): Promise<{ bot: BotProcess; port: string }> {
  const port = String(await freePort());
  const bot = await startAnother({
    SLACK_APP_TOKEN: '',
    SLACK_SIGNING_SECRET: slack.signingSecret,
    PORT: port,
  });
  const check = ['src/ops/health-check.ts', '--until-ready'];
  const child = await startChild(process.execPath, check, { env: { PORT: port } });
  await child.ended;
  if (child.exitCode() !== 0) throw new Error(child.tail());
  ports.push(port);
  return { bot, port };
}

async function replace({ bot, port }: { bot: BotProcess; port: string }) {
  const next = await addBot();
  ports.splice(ports.indexOf(port), 1);
  await bot.stop();
  expect(bot.exitCode()).toBe(0);
  return next;
}

const first = await addBot();
const second = await addBot();

test('whichever bot a request reaches, the conversation goes on', async () => {
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0ALICE');
  await slack.press(ALICE, onMessage(card), { actionId: ids.contact });
  const form = await modal(slack, ALICE, 'How did you reach out');
  await slack.submit(ALICE, form.id, { [ids.contactMethod]: 'email' });
  await message(slack, HOT_LEADS, 'VelocityPay', 'Contacted');
  expect(new Set(sentTo)).toEqual(new Set([first.port, second.port]));
});

test('replacing one bot after the other loses no gesture', async () => {
  const card = await message(slack, HOT_LEADS, 'HomeFront', '[Claim lead]');
  const third = await replace(first);
  await slack.press(BEN, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'HomeFront', 'Claimed by @U0BEN');
  const fourth = await replace(second);
  for (const lead of ['velocitypay.io', 'homefront.tech']) {
    await slack.say(BEN, HOT_LEADS, `/lead ${lead}`);
    await answer(slack, BEN, lead === 'homefront.tech' ? 'HomeFront' : 'VelocityPay');
  }
  expect(new Set(sentTo.slice(-2))).toEqual(new Set([third.port, fourth.port]));
});
