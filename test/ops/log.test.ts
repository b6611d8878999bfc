import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { memoryLog } from '../support/memory-log.ts';

const LOG = fileURLToPath(new URL('../../src/ops/log.ts', import.meta.url));
const line = z.record(z.string(), z.unknown());

/** What a process of its own writes on standard output when it logs this. */
function written(level: string, script: string): Promise<Record<string, unknown>[]> {
  const program = `import { createLog } from ${JSON.stringify(LOG)}; const log = createLog(${JSON.stringify(level)}); ${script}`;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, ['--input-type=module', '-e', program], (error, stdout) => {
      if (error !== null) return reject(error);
      const lines = stdout.split('\n').filter((text) => text !== '');
      resolve(lines.map((text) => line.parse(JSON.parse(text))));
    });
  });
}

test('a line is JSON with a time, a level, the event and its fields, and nothing of the machine', async () => {
  const [first] = await written('info', `log.info('poll', { opened: 2, channel: 'C1' });`);
  expect(first).toEqual({
    level: 30,
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    opened: 2,
    channel: 'C1',
    msg: 'poll',
  });
});

test('lines below the level are not written', async () => {
  const lines = await written(
    'warn',
    `log.debug('a'); log.info('b'); log.warn('c'); log.error('d');`,
  );
  expect(lines.map(({ msg }) => msg)).toEqual(['c', 'd']);
});

test('of an error its class, message, code and where it came from are written, and nothing else it carries', async () => {
  const [first] = await written(
    'info',
    `const error = Object.assign(new TypeError('broke'), { code: 'E1', data: { email: 'canary@x.example' }, config: { token: 'xoxb-canary' } });
     error.cause = new Error('canary');
     log.error('failed', { messageId: 'm1', error });`,
  );
  expect(first).toMatchObject({
    error: 'TypeError',
    message: 'broke',
    code: 'E1',
    messageId: 'm1',
    msg: 'failed',
  });
  expect(first?.['stack']).toEqual(expect.arrayContaining([expect.stringMatching(/^at /)]));
  expect(JSON.stringify(first)).not.toContain('canary');
});

test('an error over several lines, as a database writes them, stays short and repeats no message in its stack', async () => {
  const [first] = await written(
    'info',
    `log.error('x', { error: new Error('canary-'.repeat(1000)) });`,
  );
  expect(String(first?.['message'])).toHaveLength(300);
  expect(JSON.stringify(first?.['stack'])).not.toContain('canary');
});

test('what was thrown without being an error is named by its type, not written', async () => {
  const [first] = await written(
    'info',
    `log.error('x', { error: { email: 'canary@x.example' } });`,
  );
  expect(first).toMatchObject({ error: 'object' });
  expect(JSON.stringify(first)).not.toContain('canary');
});

test('what Slack’s SDK says below a warning, payloads included, goes nowhere', () => {
  const log = memoryLog();
  const sdk = sdkLog(log);
  sdk.debug('{"text":"canary"}');
  sdk.info('canary');
  expect(log.lines).toEqual([]);
});

test('of a warning of Slack’s SDK only sentences are kept, no objects', () => {
  const log = memoryLog();
  sdkLog(log).warn('socket closed', { payload: 'canary' }, new Error('reset'));
  sdkLog(log).error('gave up');
  expect(log.lines).toEqual([
    { level: 'warn', event: 'slack sdk', reason: 'socket closed  reset' },
    { level: 'error', event: 'slack sdk', reason: 'gave up' },
  ]);
});
