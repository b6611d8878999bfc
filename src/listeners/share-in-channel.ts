import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import type { View } from '@slack/types';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import { infoModal, loadingModal } from '../../blocks/info-modal.ts';
import { noMatchAnswer } from '../../blocks/lookup-answer.ts';
import { noEntry } from '../../blocks/no-entry.ts';
import { notInADirectMessage, shareModal } from '../../blocks/share-modal.ts';
import { sharedAnswer } from '../../blocks/shared-answer.ts';
import { safe } from '../../blocks/text.ts';
import type { RefusedGesture } from '../core/access.ts';
import { byKey } from '../core/command.ts';
import type { Drawing } from '../core/message.ts';
import { type AccessGrant, grantIn } from './access-grant.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import { arrivalIn } from './gesture.ts';
import { writeDown } from './guard.ts';
import { ACK_WITHIN_MS, openModal } from './open-modal.ts';
import { listIn, listToShare, NO_SUCH_LIST } from './private-answers.ts';

const TITLE = 'Share in channel';

/** What the modal remembers of the press that opened it. */
const shape = z.object({
  /** Slack's `response_url` of the private answer. */
  url: z.url(),
  channel: z.string(),
  what: z.enum(['company', 'list']),
  /** Account key of a company, or the page of a list. */
  value: z.string(),
});
type Wanted = z.infer<typeof shape>;

/** Null for what no such modal was given. */
function recall(privateMetadata: string): Wanted | null {
  try {
    return shape.safeParse(JSON.parse(privateMetadata)).data ?? null;
  } catch {
    return null;
  }
}

type Drawn = { ok: true; drawing: Drawing } | { ok: false; why: Drawing };

/** Looked up again each time, so what is shared is true now and not when it was asked for. */
async function draw(
  deps: ListenerDeps,
  grant: AccessGrant,
  wanted: Wanted,
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

/** The words that bring the same answer in a channel. */
function command({ what, value }: Pick<Wanted, 'what' | 'value'>): string {
  const list = /^(?:hot|mine|digest)/.exec(value)?.[0] ?? 'hot';
  return `/lead ${what === 'list' ? list : safe(value, 200)}`;
}

/** *Share in channel*: shows what everybody would see, or why nobody can. */
export const askToShare = (deps: ListenerDeps, what: Wanted['what']) => (press: Press) =>
  openModal(deps, press, TITLE, async (): Promise<View> => {
    const { channel, user, value, answer } = press;
    const words = (text: string) => infoModal(TITLE, text);
    if (press.isDirect) {
      return words(notInADirectMessage(deps.alertChannel, command({ what, value })));
    }
    if (channel === null || answer === null) return words('That can’t be shared from here.');
    const wanted: Wanted = { url: answer.url, channel, what, value };
    const gesture = { user, team: press.team, action: press.action };
    const refused = await whyNot(deps, channel, gesture);
    if (refused !== null) return words(refused.text);
    const drawn = await draw(deps, press.grant, wanted, user);
    return drawn.ok
      ? shareModal(channel, drawn.drawing, JSON.stringify(wanted))
      : words(drawn.why.text);
  });

/** Who would read along decides; a refusal is written down. */
async function whyNot(
  deps: ListenerDeps,
  channel: string,
  gesture: Pick<RefusedGesture, 'user' | 'team' | 'action'>,
): Promise<Drawing | null> {
  const why = await deps.channelAudience.denialReason(channel);
  if (why === null) return null;
  await writeDown(deps, { ...gesture, channel, why, alertId: null });
  return noEntry(why);
}

/** The modal's submission: what it shows is posted, drawn anew. */
export function onShareSubmitted(app: App, deps: ListenerDeps): void {
  const { surface } = deps;
  app.view(ids.shareModal, async ({ ack, body, context }) => {
    const arrival = arrivalIn(body);
    if (arrival === null || !('type' in arrival) || arrival.type !== 'view_submission') return;
    const { user, view } = arrival;
    const wanted = recall(view.private_metadata);
    const gesture = { user: user.id, team: user.team_id ?? null, action: ids.shareModal };
    const done =
      wanted === null
        ? Promise.resolve(NO_SUCH_LIST)
        : share(deps, grantIn(context), wanted, gesture);
    const inTime = await Promise.race([done, sleep(ACK_WITHIN_MS, 'late' as const)]);
    if (inTime === null) return ack();
    if (inTime !== 'late') {
      return ack({ response_action: 'update', view: infoModal(TITLE, inTime.text) });
    }
    await ack({ response_action: 'update', view: loadingModal(TITLE) });
    try {
      const why = await done;
      await surface.updateModal(view.id, infoModal(TITLE, why?.text ?? 'Shared.'));
    } catch (error) {
      await surface.updateModal(view.id, infoModal(TITLE, UNCLEAR));
      throw error;
    }
  });
}

const UNCLEAR =
  'Slack or the database did not answer in time. Look in the channel before you share it again.';

/** @returns null when it stands in the channel, else why not */
async function share(
  deps: ListenerDeps,
  grant: AccessGrant,
  wanted: Wanted,
  gesture: Pick<RefusedGesture, 'user' | 'team' | 'action'>,
): Promise<Drawing | null> {
  const refused = await whyNot(deps, wanted.channel, gesture);
  if (refused !== null) return refused;
  const drawn = await draw(deps, grant, wanted, gesture.user);
  if (!drawn.ok) return drawn.why;
  await deps.surface.answer(wanted.url, drawn.drawing, 'channel');
  deps.log.info('gesture', { action: 'share', user: gesture.user, channel: wanted.channel });
  return null;
}
