import type { App } from '@slack/bolt';
import type { ListenerDeps } from './deps.ts';
import { gestureContext } from './gesture-context.ts';

export function onHomeOpened(app: App, { homes, wake }: ListenerDeps): void {
  app.event('app_home_opened', async ({ context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'home') return;
    await homes.open(ours.gesture.user);
    wake();
  });
}
