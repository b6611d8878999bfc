import { homeOpenedEvent } from './payloads.ts';
import type { HomeTab } from './protocol.ts';
import { type ActionContext, type ActionResult, failed, sendSubscribed } from './user-action.ts';
import { directMessages, findPerson } from './workspace.ts';

/** Opens a tab of the app. The user sees no error if the app doesn't acknowledge. */
export async function openHome(
  context: ActionContext,
  userId: string,
  tab: HomeTab,
): Promise<ActionResult> {
  const { workspace } = context;
  const who = findPerson(workspace, userId);
  if (!who) return failed(`There is no person ${userId}.`);
  if (tab === 'home' && !workspace.hasHomeTab) return failed('This app has no Home tab.');
  const channel = directMessages(workspace, userId);
  await sendSubscribed(context, homeOpenedEvent(workspace, who, channel, tab));
  return { ok: true };
}
