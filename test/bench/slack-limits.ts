import type { LocalSlack } from '../../src/sandbox/slack/local-slack.ts';

/** Tier 3 of Slack's rate limits. */
const UPDATES_PER_MINUTE = 50;
const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/**
 * Limits a local Slack as the real one: some 50 updates a minute in the workspace, a post a second in each channel.
 * Returns how to end it.
 */
export function limitCalls(slack: LocalSlack): () => void {
  const updates = newWindow(UPDATES_PER_MINUTE, MINUTE_MS);
  const posts = new Map<string, ReturnType<typeof newWindow>>();
  const postsIn = (channel: string) => {
    const window = posts.get(channel) ?? newWindow(1, SECOND_MS);
    posts.set(channel, window);
    return window;
  };
  const ends = [
    slack.misbehave({
      method: 'chat.update',
      when: () => !updates.take(),
      how: { kind: 'rate-limit', retryAfterSeconds: updates.secondsLeft },
    }),
    slack.misbehave({
      method: 'chat.postMessage',
      when: ({ channel }) => !postsIn(String(channel)).take(),
      how: { kind: 'rate-limit', retryAfterSeconds: 1 },
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function newWindow(most: number, ms: number) {
  let begunAt = Number.NEGATIVE_INFINITY;
  let taken = 0;
  return {
    /** False if this call is too much. */
    take(): boolean {
      const now = performance.now();
      if (now - begunAt >= ms) {
        begunAt = now;
        taken = 0;
      }
      if (taken >= most) return false;
      taken += 1;
      return true;
    },
    /** Rounded up, as in Slack's header. */
    secondsLeft: (): number => Math.max(1, Math.ceil((begunAt + ms - performance.now()) / 1000)),
  };
}
