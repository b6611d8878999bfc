import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import { startChild } from '../../src/sandbox/supabase/child.ts';
import { freePort, listen } from '../support/listen.ts';
import { startProxy } from '../support/proxy.ts';
import { ALICE, HOT_LEADS, message, onMessage, startWorld } from '../support/world.ts';

/** Self-signed, for this test only. */
const CERTIFICATE = fileURLToPath(
  new URL('../support/slack-test-certificate.pem', import.meta.url),
);
const DOCTOR = fileURLToPath(new URL('../../src/doctor/doctor.ts', import.meta.url));
const KEY = fileURLToPath(new URL('../support/slack-test-key.pem', import.meta.url));

const slackPort = await freePort();
const tls = createServer({ cert: readFileSync(CERTIFICATE), key: readFileSync(KEY) }, (socket) => {
  const onward = connect(slackPort, '127.0.0.1');
  socket.pipe(onward).pipe(socket);
  for (const end of [socket, onward]) {
    end.on('error', () => {
      socket.destroy();
      onward.destroy();
    });
  }
});
const port = await listen(tls);
afterAll(() => void tls.close());

const { slack, db, logged, startAnother } = await startWorld({
  replicas: 0,
  slack: { port: slackPort, origin: `https://slack.test:${port}` },
});

test('reaches Slack through the proxy, and the database of NO_PROXY directly', async () => {
  const proxy = await startProxy();
  const bot = await startAnother({
    HTTPS_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: CERTIFICATE,
    HTTP_PROXY: proxy.url,
    no_proxy: '127.0.0.1',
  });
  const card = await message(slack, HOT_LEADS, 'VelocityPay', '[Claim lead]');
  await slack.until(() => slack.connected(), { what: 'the connection' });
  await slack.press(ALICE, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, 'VelocityPay', 'Claimed by @U0ALICE');
  await slack.say(ALICE, HOT_LEADS, '/lead velocitypay.io');
  await slack.until(() => slack.calls('response_url').length > 0, { what: 'the answer' });
  expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT slack.test:${port}`]));
  await bot.stop();
});

test('checks Slack, its WebSocket and the database through the proxy in the doctor, and names what is in the way', async () => {
  const proxy = await startProxy();
  const examined = async (env: Record<string, string>): Promise<string> => {
    const doctor = await startChild(process.execPath, [DOCTOR], {
      env: {
        SLACK_API_URL: slack.apiUrl,
        SLACK_BOT_TOKEN: '',
        SLACK_APP_TOKEN: slack.appToken,
        SUPABASE_URL: '',
        ...env,
      },
    });
    await doctor.ended;
    return doctor.tail();
  };
  const strict = await startProxy(false);
  const [through, untrusted, refused, around] = await Promise.all([
    examined({
      https_proxy: proxy.url,
      http_proxy: proxy.url,
      NODE_EXTRA_CA_CERTS: CERTIFICATE,
      SUPABASE_URL: db.url,
      SUPABASE_KEY: db.keyFor('lead_bot'),
      SUPABASE_PUBLISHABLE_KEY: db.publishableKey,
    }),
    examined({ https_proxy: proxy.url }),
    examined({ HTTPS_PROXY: strict.url }),
    examined({}),
  ]);
  expect(proxy.asked).toContain(`POST ${db.url}/rest/v1/rpc/lead_bot_health`);
  expect(untrusted).toContain('NODE_EXTRA_CA_CERTS');
  expect(refused).toContain('(proxy_407): check HTTPS_PROXY');
  expect(through).toContain('a WebSocket opens: Socket Mode can connect');
  expect(around).toContain('Could not check SLACK_APP_TOKEN: Slack did not answer properly');
});

test('names a malformed proxy along with other wrong settings, without its value', async () => {
  const wrong = { HTTPS_PROXY: 'ftp://canary@proxy', TIMEZONE: 'Berlin' };
  const bot = await startAnother(wrong);
  const doctor = await startChild(process.execPath, [DOCTOR], {
    env: { SLACK_API_URL: slack.apiUrl, SLACK_BOT_TOKEN: slack.botToken, ...wrong },
  });
  await Promise.all([bot.ended, doctor.ended]);
  expect(bot.exitCode()).toBe(1);
  expect(bot.tail()).toBe(
    [
      'These settings are missing or wrong:',
      '  - TIMEZONE must be an IANA time zone such as Europe/Berlin',
      '  - HTTPS_PROXY must be a proxy URL such as http://proxy.example:3128',
    ].join('\n'),
  );
  for (const named of [
    'HTTPS_PROXY must be a proxy URL',
    'TIMEZONE must be',
    'ALERT_CHANNEL is missing',
  ]) {
    expect(doctor.tail()).toContain(named);
  }
  expect(`${logged.join('\n')}${doctor.tail()}`).not.toContain('canary');
});
