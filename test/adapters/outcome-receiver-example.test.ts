import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { outcomeWebhook } from '../../src/adapters/outcome-webhook.ts';
import { startChild } from '../../src/sandbox/supabase/child.ts';
import { freePort } from '../support/listen.ts';
import { readSource } from '../support/source-files.ts';

const SECRET = `whsec_${Buffer.alloc(32, 'example').toString('base64')}`;

test('the receiver in docs/outcomes.md takes each event once, only ours, and outlives one cut off', async () => {
  const [, code = ''] = /```js\n(.*?)```/s.exec(readSource('docs/outcomes.md')) ?? [];
  // In the repository, so that it finds the library; ignored by git.
  await mkdir('.sandbox', { recursive: true });
  const folder = await mkdtemp(join(process.cwd(), '.sandbox/receiver-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'receiver.mjs'), code);
  const port = await freePort();
  let output = '';
  const receiver = await startChild(process.execPath, [join(folder, 'receiver.mjs')], {
    env: { OUTCOME_WEBHOOK_SECRET: SECRET, PORT: `${port}` },
    onOutput: (text) => {
      output += text;
    },
  });
  onTestFinished(() => receiver.stop('SIGKILL'));

  const send = (sequence: number, secret = SECRET) =>
    outcomeWebhook({ url: `http://127.0.0.1:${port}/`, secret }).send({
      id: `e${sequence}`,
      alertId: 'a1',
      type: 'lead.claimed',
      body: JSON.stringify({
        type: 'lead.claimed',
        timestamp: '2026-03-02T09:00:00.000Z',
        data: { alert_id: 'a1', sequence, company: { domain: 'acme.example' }, status: 'claimed' },
      }),
    });
  await expect.poll(() => send(1)).toEqual({ kind: 'delivered' });
  await send(1);
  const cutOff = connect(port, '127.0.0.1');
  cutOff.write('POST / HTTP/1.1\r\nhost: crm\r\ncontent-length: 9\r\n\r\n{', () => {
    cutOff.resetAndDestroy();
  });
  await once(cutOff, 'close');
  await send(2);
  expect(await send(3, SECRET.replace('ZXhh', 'ZXhi'))).toMatchObject({ reason: 'HTTP 401' });
  await expect
    .poll(() => output)
    .toBe('acme.example lead.claimed claimed\nacme.example lead.claimed claimed\n');
});
