import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { contactModal } from '../../blocks/contact-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { infoModal, loadingModal } from '../../blocks/info-modal.ts';
import { notSavedModal } from '../../blocks/not-saved-modal.ts';
import { refusal } from '../../blocks/refusal.ts';
import type { AlertPicture, ContactMethod, GestureResult, Refusal } from '../core/alert.ts';
import { logGesture, pictureAfter } from './answer-gesture.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import type { SubmissionGesture } from './gesture.ts';
import { gestureContext } from './gesture-context.ts';
import { writeMetadata } from './modal-metadata.ts';
import { ACK_WITHIN_MS, openModal } from './open-modal.ts';
import { redrawAnswer } from './private-answers.ts';
import { detailsFor } from './show-details.ts';

/** Opens the form, or says why this user can't mark the lead. */
export const markContacted = (deps: ListenerDeps) => (press: Press) =>
  openModal(deps, press, 'Mark contacted', async () => {
    const { alertId, user, answer, view } = press;
    const picture = alertId === null ? null : await press.grant.alerts.find(alertId);
    if (picture === null) return refusedModal({ why: 'not-found' }, deps.now());
    const refused = whyNot(picture, user);
    if (refused !== null) return refusedModal(refused, deps.now());
    const metadata = { alertId: picture.alert.id, answer, below: view?.id ?? null };
    return contactModal(picture, writeMetadata(metadata));
  });

const refusedModal = (refused: Refusal, now: Date) =>
  infoModal('Mark contacted', refusal(refused, now).text);

function whyNot(picture: AlertPicture, user: string): Refusal | null {
  const { status, owner, contactedAt, closedAt } = picture.alert;
  if (status === 'contacted' && contactedAt !== null) {
    return { why: 'already-contacted', owner, contactedAt, picture };
  }
  // The owner may have reached out before it cooled.
  if (status === 'cooled' && owner === user) return null;
  if (closedAt !== null) return { why: 'over', picture };
  return owner === user ? null : { why: 'not-yours', owner, picture };
}

/** The table's limit. The form's own is 1,000. */
const LONGEST_NOTE = 3_000;

/** Returns the form's values, or an error by block id. */
function checkForm({
  method,
  note,
}: SubmissionGesture):
  | { method: ContactMethod; note: string }
  | { errors: Record<string, string> } {
  if (method === null) return { errors: { [ids.contactMethod]: 'Choose how you reached out.' } };
  if (note === null) return { errors: { [ids.contactNote]: 'This note could not be read.' } };
  if (note.length > LONGEST_NOTE) {
    return { errors: { [ids.contactNote]: 'The note is too long: 1,000 characters at most.' } };
  }
  return { method, note };
}

/** Closes the modal if the database answers in time, else shows progress in it. */
export function onContactSubmitted(app: App, deps: ListenerDeps): void {
  const { surface, log, now, wake } = deps;
  app.view(ids.contactModal, async ({ ack, context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'submission') return;
    const { gesture, grant } = ours;
    const form = checkForm(gesture);
    if ('errors' in form) return ack({ response_action: 'errors', errors: form.errors });
    const { method, note } = form;
    const { user, alertId, viewId, alertMetadata } = gesture;

    const done: Promise<GestureResult> =
      alertId === null
        ? Promise.resolve({ ok: false, refusal: { why: 'not-found' } })
        : grant.alerts.contact(alertId, user, method, note);
    const inTime = await Promise.race([done, sleep(ACK_WITHIN_MS, null)]).catch(async (error) => {
      // Keep the form and what was typed.
      const errors = { [ids.contactMethod]: 'This could not be saved. Try again in a minute.' };
      await ack({ response_action: 'errors', errors });
      throw error;
    });
    if (inTime === null) await ack({ response_action: 'update', view: loadingModal('Saving') });

    const result = inTime ?? (await savedLate(done, deps, viewId, note));
    wake();
    logGesture(log, 'contact', gesture, result);
    const outcome = result.ok
      ? infoModal('Mark contacted', 'Saved. You can close this.')
      : refusedModal(result.refusal, now());
    if (inTime === null) await surface.updateModal(viewId, outcome);
    else if (result.ok) await ack();
    else await ack({ response_action: 'update', view: outcome });
    const picture = pictureAfter(result);
    if (alertMetadata === null || picture === null) return;
    const { answer, below } = alertMetadata;
    if (below !== null) {
      await surface.updateModal(below, detailsFor(user, picture, answer));
    }
    if (answer !== null) await redrawAnswer(deps, grant, answer, user, picture);
  });
}

/** Shows in the modal that saving failed, then rethrows. */
async function savedLate(
  done: Promise<GestureResult>,
  { surface }: ListenerDeps,
  viewId: string,
  note: string,
): Promise<GestureResult> {
  try {
    return await done;
  } catch (error) {
    await surface.updateModal(viewId, notSavedModal(note));
    throw error;
  }
}
