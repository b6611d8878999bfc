import { type Call, startLocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { CHANNEL } from './big-database.ts';
import { createLoad } from './gesture-load.ts';
import { limitCalls } from './slack-limits.ts';
import { type Answer, order } from './slack-orders.ts';

/**
 * A local Slack in a process of its own, with the users who make gestures in it, so that what they cost isn't counted
 * as the bot's or the database's. Started by `startSlackProcess`.
 */
const AES = 60;

const counts = new Map<string, number>();
let noteCall: (call: Call) => void = () => {};

const slack = await startLocalSlack({
  people: Array.from({ length: AES }, (_, n) => ({
    id: `U0AE${String(n).padStart(4, '0')}`,
    name: `ae${n}`,
    realName: `AE ${n}`,
  })),
  onCall(call) {
    const name = call.fault === null ? call.method : `${call.method} refused`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
    noteCall(call);
  },
});
const load = createLoad(slack);
({ noteCall } = load);
let unlimit: (() => void) | null = null;

async function answer(given: unknown): Promise<Answer> {
  const asked = order.parse(given);
  switch (asked.kind) {
    case 'cards':
      await slack.until(() => slack.messages(CHANNEL).length >= asked.count, {
        timeoutMs: 90_000,
        what: `${asked.count} cards`,
      });
      return { kind: 'done' };
    case 'connections':
      await slack.until(() => slack.connections() === asked.count);
      return { kind: 'done' };
    case 'deliver to':
      slack.deliverTo(asked.url);
      return { kind: 'done' };
    case 'limit':
      unlimit?.();
      unlimit = asked.on ? limitCalls(slack) : null;
      return { kind: 'done' };
    case 'calls':
      return { kind: 'calls', calls: Object.fromEntries(counts) };
    case 'load':
      return {
        kind: 'load',
        figures: await load.run(asked.options, (line) =>
          process.send?.({ kind: 'progress', line }),
        ),
      };
  }
}

process.on('message', (given: unknown) => {
  answer(given).then(
    (answered) => process.send?.(answered),
    (error: unknown) => process.send?.({ kind: 'failed', why: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
const { apiUrl, botToken, appToken, signingSecret } = slack;
process.send?.({ kind: 'started', slack: { apiUrl, botToken, appToken, signingSecret } });
