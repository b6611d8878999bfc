import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import type { View } from '@slack/types';
import { accessDenied } from '../../blocks/access-denied.ts';
import { ids } from '../../blocks/ids.ts';
import { infoModal, loadingModal } from '../../blocks/info-modal.ts';
import { noMatchAnswer } from '../../blocks/lookup-answer.ts';
import { cannotShareInDm, shareModal } from '../../blocks/share-modal.ts';
import { sharedAnswer } from '../../blocks/shared-answer.ts';
import { safe } from '../../blocks/text.ts';
import { byKey } from '../core/command.ts';
import type { Drawing } from '../core/message.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import type { Gesture } from './gesture.ts';
import { type AccessGrant, gestureContext } from './gesture-context.ts';
import { recordRefusal } from './guard.ts';
import { type ShareMetadata, writeMetadata } from './modal-metadata.ts';
import { ACK_WITHIN_MS, openModal } from './open-modal.ts';
import { listIn, listToShare, NO_SUCH_LIST } from './private-answers.ts';

const TITLE = 'Share in channel';

type Drawn = { ok: true; drawing: Drawing } | { ok: false; why: Drawing };

/** Looks everything up again, so what is shared is current. */
async function draw(
  deps: ListenerDeps,
  grant: AccessGrant,
  wanted: ShareMetadata,
  user: string,
): Promise<Drawn> {
  const { what, value } = wanted;
  if (what === 'list') {
    const list = listIn(value);
    if (list === null) return { ok: false, why: NO_SUCH_LIST };
    return { ok: true, drawing: await listToShare(deps, grant, list, user) };
  }
  const result = await grant.alerts.lookup(byKey(value));
  return result.kind === 'found'
    ? { ok: true, drawing: sharedAnswer(result.picture, user, deps.now()) }
    : { ok: false, why: noMatchAnswer(value) };
}

/** The command for the same answer. */
function command({ what, value }: Pick<ShareMetadata, 'what' | 'value'>): string {
  const [, list = 'hot', filter = ''] = /^(hot|mine|digest)(?:[^?]*\?(.*))?/.exec(value) ?? [];
  return `/lead ${what === 'list' ? `${list} ${safe(filter, 100)}`.trim() : safe(value, 200)}`;
}

/** Shows a preview, or why this can't be shared. */
export const askToShare = (deps: ListenerDeps, what: ShareMetadata['what']) => (press: Press) =>
  openModal(deps, press, TITLE, async (): Promise<View> => {
    const { channel, user, value, answer } = press;
    const words = (text: string) => infoModal(TITLE, text);
    if (press.isDirect) {
      return words(cannotShareInDm(deps.alertChannel, command({ what, value })));
    }
    if (channel === null || answer === null) return words('That can’t be shared from here.');
    const wanted: ShareMetadata = { url: answer.url, channel, what, value };
    const refused = await channelRefusal(deps, channel, press);
    if (refused !== null) return words(refused.text);
    const drawn = await draw(deps, press.grant, wanted, user);
    return drawn.ok
      ? shareModal(channel, drawn.drawing, writeMetadata(wanted))
      : words(drawn.why.text);
  });

/** Why nothing may be shared in the channel; null if it may. Refusals are recorded. */
async function channelRefusal(
  deps: ListenerDeps,
  channel: string,
  { user, team, action }: Gesture,
): Promise<Drawing | null> {
  const why = await deps.channelAudience.denialReason(channel);
  if (why === null) return null;
  await recordRefusal(deps, { user, team, action, channel, why, alertId: null });
  return accessDenied(why);
}

/** Posts what the modal previewed. */
export function onShareSubmitted(app: App, deps: ListenerDeps): void {
  const { surface } = deps;
  app.view(ids.shareModal, async ({ ack, context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'submission') return;
    const { gesture, grant } = ours;
    const { viewId, shareMetadata } = gesture;
    const done =
      shareMetadata === null
        ? Promise.resolve(NO_SUCH_LIST)
        : share(deps, grant, shareMetadata, gesture);
    const inTime = await Promise.race([done, sleep(ACK_WITHIN_MS, 'late' as const)]);
    if (inTime === null) return ack();
    if (inTime !== 'late') {
      return ack({ response_action: 'update', view: infoModal(TITLE, inTime.text) });
    }
    await ack({ response_action: 'update', view: loadingModal(TITLE) });
    try {
      const why = await done;
      await surface.updateModal(viewId, infoModal(TITLE, why?.text ?? 'Shared.'));
    } catch (error) {
      await surface.updateModal(viewId, infoModal(TITLE, UNCLEAR));
      throw error;
    }
  });
}

const UNCLEAR =
  'Slack or the database did not answer in time. Check the channel before you share it again.';

/** @returns null once it is posted, else why not */
async function share(
  deps: ListenerDeps,
  grant: AccessGrant,
  wanted: ShareMetadata,
  gesture: Gesture,
): Promise<Drawing | null> {
  const refused = await channelRefusal(deps, wanted.channel, gesture);
  if (refused !== null) return refused;
  const drawn = await draw(deps, grant, wanted, gesture.user);
  if (!drawn.ok) return drawn.why;
  await deps.surface.answer(wanted.url, drawn.drawing, 'channel');
  deps.log.info('gesture', { action: 'share', user: gesture.user, channel: wanted.channel });
  return null;
}
