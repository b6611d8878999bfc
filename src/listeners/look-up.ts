import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { ids } from '../../blocks/ids.ts';
import { answerModal, infoModal, loadingModal } from '../../blocks/info-modal.ts';
import { companyModal, LOOK_UP, lookUpModal, noCompany } from '../../blocks/look-up-modal.ts';
import { nearAnswer, ongoingAlert } from '../../blocks/lookup-answer.ts';
import type { AccountPicture } from '../core/alert.ts';
import { byKey, parseCompany } from '../core/command.ts';
import type { Drawing } from '../core/message.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import type { SubmissionGesture } from './gesture.ts';
import { type AccessGrant, gestureContext } from './gesture-context.ts';
import { lookUp } from './lead-command.ts';
import { ACK_WITHIN_MS } from './open-modal.ts';
import { detailsFor } from './show-details.ts';

const TOO_LATE: Drawing = {
  text: 'The form could not be opened in time. Try again, or type `/lead` and the company.',
  blocks: [],
};
const FAILED = 'This could not be looked up. Try again in a minute.';

/** The shortcut *Look up a company*. */
export function onLookUp(app: App, { surface, log }: ListenerDeps): void {
  app.shortcut(ids.lookUp, async ({ context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'shortcut') return;
    const { user, action, triggerId } = ours.gesture;
    log.info('shortcut', { action, user });
    try {
      await surface.openModal(triggerId, lookUpModal(), 'channel');
    } catch (error) {
      // Most likely its trigger id has expired.
      log.warn('could not open a modal', { user, action, error });
      await surface.tell(user, null, TOO_LATE);
    }
  });
}

/** A view that answers, or plain text: why there is none. */
type Found = { view: ModalView } | { problem: string };

/** Answers in the modal if the database does so in time, else shows progress in it. */
export function onLookUpSubmitted(app: App, deps: ListenerDeps): void {
  const { surface } = deps;
  app.view(ids.lookUpModal, async ({ ack, context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'submission') return;
    const { gesture, grant } = ours;
    const { viewId } = gesture;
    const say = (problem: string) =>
      ack({ response_action: 'errors', errors: { [ids.lookUpText]: problem } });

    const done = find(deps, grant, gesture);
    const inTime = await Promise.race([done, sleep(ACK_WITHIN_MS, null)]).catch(async (error) => {
      await say(FAILED);
      throw error;
    });
    if (inTime !== null) {
      return 'problem' in inTime
        ? say(inTime.problem)
        : ack({ response_action: 'update', view: inTime.view });
    }
    await ack({ response_action: 'update', view: loadingModal(LOOK_UP) });
    try {
      const found = await done;
      const view =
        'view' in found ? found.view : lookUpModal(gesture.lookUpText ?? '', found.problem);
      await surface.updateModal(viewId, view);
    } catch (error) {
      await surface.updateModal(viewId, infoModal(LOOK_UP, FAILED));
      throw error;
    }
  });
}

async function find(
  deps: ListenerDeps,
  { alerts, reach }: AccessGrant,
  { user, lookUpText, action }: SubmissionGesture,
): Promise<Found> {
  const typed = lookUpText ?? '';
  const asked = parseCompany(typed);
  deps.log.info('command', { kind: asked?.kind ?? 'nonsense', action, user });
  if (asked?.kind !== 'lookup') return { problem: 'Type a domain, an email address or a name.' };
  const result = await alerts.lookup(asked.query);
  switch (result.kind) {
    case 'found':
      return { view: await companyView(deps, result.picture, user) };
    case 'near':
      return {
        view: answerModal(nearAnswer(asked.asked, result.matches, result.fitting), LOOK_UP),
      };
    case 'none':
      return { problem: noCompany(asked.asked, reach !== 'everything') };
  }
}

/** The details of its alert, or how far the company is from one. */
function companyView(
  deps: ListenerDeps,
  picture: AccountPicture,
  user: string,
): Promise<ModalView> | ModalView {
  const { current } = picture;
  return current === null || ongoingAlert(picture) === null
    ? companyModal(picture, user)
    : detailsFor(deps, user, current, null);
}

/** Replaces the list of near matches with the answer about the picked one. */
export const pickMatch = (deps: ListenerDeps) => async (press: Press) => {
  const { grant, value, user, answer, view } = press;
  if (view !== null) {
    const result = await grant.alerts.lookup(byKey(value));
    const picked =
      result.kind === 'found'
        ? await companyView(deps, result.picture, user)
        : infoModal(LOOK_UP, 'This company no longer exists. Look it up again.');
    return deps.surface.updateModal(view.id, picked);
  }
  const drawing = await lookUp(deps, grant, byKey(value), value, user);
  if (answer === null) await press.tell(drawing);
  else await deps.surface.replaceAnswer(answer.url, drawing);
};

/** A company in a list that stays as it is. */
export const openCompany = (deps: ListenerDeps) => async (press: Press) => {
  const { grant, value, user } = press;
  await press.tell(await lookUp(deps, grant, byKey(value), value, user));
};
