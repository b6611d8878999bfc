import type { App } from '@slack/bolt';
import type { ListenerDeps } from './deps.ts';
import { gestureContext } from './gesture-context.ts';
import { answerCommand } from './lead-command.ts';

/** The words that follow, which may mention other people. */
const ADDRESSED = /^\s*<@[^<>]*>[\s,:]*/;

/** `@lead-alerts velocitypay.io` is answered like `/lead velocitypay.io`, and as privately. */
export function onMention(app: App, deps: ListenerDeps): void {
  app.event('app_mention', async ({ context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'mention') return;
    const { text, user, channel, threadTs } = ours.gesture;
    const words = text.replace(ADDRESSED, '');
    const drawing = await answerCommand(deps, ours.grant, words, user);
    await deps.surface.tell(user, channel, drawing, threadTs);
  });
}
