import type { App } from '@slack/bolt';
import { parseHomePages } from '../../blocks/home-pages.ts';
import { refusal } from '../../blocks/refusal.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import { gestureContext } from './gesture-context.ts';

/** The deliverer draws the tab, with what its user may see at that moment. */
export function onHomeOpened(app: App, { homes, wake }: ListenerDeps): void {
  app.event('app_home_opened', async ({ context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'home') return;
    await homes.open(ours.gesture.user);
    wake();
  });
}

/** Turns one of its lists. */
export const turnHomePage =
  ({ homes, wake, now }: ListenerDeps) =>
  async (press: Press) => {
    const pages = parseHomePages(press.value);
    if (pages === null) return press.tell(refusal({ why: 'not-found' }, now()));
    await homes.open(press.user, pages);
    wake();
  };
