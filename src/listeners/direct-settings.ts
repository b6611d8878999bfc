import { directSettings, turnedOff } from '../../blocks/direct-settings.ts';
import type { Drawing } from '../core/message.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';

/** `/lead settings`. It is about the user alone. */
export async function saySettings(
  { settings, managers, deadlines }: ListenerDeps,
  user: string,
): Promise<Drawing> {
  const [muted, isManager] = await Promise.all([settings.muted(user), managers.include(user)]);
  return directSettings(muted, isManager, deadlines);
}

/** The menu on a direct message. */
export const turnOff = (deps: ListenerDeps) => async (press: Press) => {
  const kind = await change(deps, press);
  if (kind !== null) await press.tell(turnedOff(kind));
};

/** A button of `/lead settings`, which then shows the new state. */
export const changeSetting = (deps: ListenerDeps) => async (press: Press) => {
  if ((await change(deps, press)) === null) return;
  // The Home tab shows it.
  if (press.isHome) return;
  const drawing = await saySettings(deps, press.user);
  if (press.answer === null) await press.tell(drawing);
  else await deps.surface.replaceAnswer(press.answer.url, drawing);
};

/** Returns what was turned on or off. A kind that this version doesn't have changes nothing. */
async function change({ settings, wake, log }: ListenerDeps, { user, mute }: Press) {
  if (mute === null) return null;
  await settings.mute(user, mute.kind, mute.isMuted);
  // Draws the Home tab.
  wake();
  log.info('setting', { user, kind: mute.kind, action: mute.isMuted ? 'off' : 'on' });
  return mute.kind;
}
