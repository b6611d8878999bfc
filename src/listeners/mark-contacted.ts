import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { z } from 'zod';
import { contactModal } from '../../blocks/contact-modal.ts';
import { ids } from '../../blocks/ids.ts';
import { infoModal, loadingModal } from '../../blocks/info-modal.ts';
import { notSavedModal } from '../../blocks/not-saved-modal.ts';
import { refusal } from '../../blocks/refusal.ts';
import {
  type AlertPicture,
  CONTACT_METHODS,
  type ContactMethod,
  type GestureResult,
  type Refusal,
} from '../core/alert.ts';
import { grantIn } from './access-grant.ts';
import { alertIdOf } from './alert-id.ts';
import { pictureAfter } from './answer-gesture.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import { arrivalIn, type SubmissionArrival } from './gesture.ts';
import { recall, remember } from './modal-metadata.ts';
import { ACK_WITHIN_MS, openModal } from './open-modal.ts';
import { redrawAnswer } from './private-answers.ts';
import { detailsFor } from './show-details.ts';
import { validText } from './valid-text.ts';

/** The button: asks how the lead was contacted, or says why this person can't. */
export const markContacted = (deps: ListenerDeps) => (press: Press) =>
  openModal(deps, press, 'Mark contacted', async () => {
    const alertId = alertIdOf(press.value);
    const picture = alertId === null ? null : await press.grant.alerts.find(alertId);
    const refused =
      picture === null ? ({ why: 'not-found' } as const) : whyNot(picture, press.user);
    return picture === null || refused !== null
      ? infoModal('Mark contacted', refusal(refused ?? { why: 'not-found' }, deps.now()).text)
      : contactModal(
          picture,
          remember({ alertId: picture.alert.id, answer: press.answer, below: press.viewId }),
        );
  });

function whyNot(picture: AlertPicture, user: string): Refusal | null {
  const { status, owner, contactedAt, closedAt } = picture.alert;
  if (status === 'contacted' && contactedAt !== null) {
    return { why: 'already-contacted', owner, contactedAt, picture };
  }
  // Whoever had claimed it may have reached out before it cooled, and say so only after.
  if (status === 'cooled' && owner === user) return null;
  if (closedAt !== null) return { why: 'over', picture };
  return owner === user ? null : { why: 'not-yours', owner, picture };
}

/** The table takes no longer one; the form asks for 1,000 characters at most. */
const LONGEST_NOTE = 3_000;

const chosen = z.object({
  [ids.contactMethod]: z.object({ selected_option: z.object({ value: z.enum(CONTACT_METHODS) }) }),
});
const typed = z.object({ [ids.contactNote]: z.object({ value: z.string().nullish() }) });

/** What was filled in, or by block id what is wrong with it: a client may send anything. */
function readForm(
  values: SubmissionArrival['view']['state']['values'],
): { method: ContactMethod; note: string } | { errors: Record<string, string> } {
  const method = chosen.safeParse(values[ids.contactMethod]).data?.[ids.contactMethod];
  if (method === undefined) {
    return { errors: { [ids.contactMethod]: 'Choose how you reached out.' } };
  }
  const input = values[ids.contactNote];
  const read = typed.safeParse(input ?? { [ids.contactNote]: {} }).data;
  if (read === undefined) return { errors: { [ids.contactNote]: 'This note could not be read.' } };
  const text = read[ids.contactNote].value ?? '';
  if (text.length > LONGEST_NOTE) {
    return { errors: { [ids.contactNote]: 'The note is too long: 1,000 characters at most.' } };
  }
  return { method: method.selected_option.value, note: validText(text).trim() };
}

/** The modal's submission. It closes when the database answers in time, else it says what is going on. */
export function onContactSubmitted(app: App, deps: ListenerDeps): void {
  const { surface, log, now, wake } = deps;
  app.view(ids.contactModal, async ({ ack, body, context }) => {
    const arrival = arrivalIn(body);
    if (arrival === null || !('type' in arrival) || arrival.type !== 'view_submission') return;
    const { user, view } = arrival;
    const grant = grantIn(context);
    const form = readForm(view.state.values);
    if ('errors' in form) return ack({ response_action: 'errors', errors: form.errors });
    const { method, note } = form;
    const memory = recall(view.private_metadata);
    const alertId = memory?.alertId ?? null;

    const done: Promise<GestureResult> =
      alertId === null
        ? Promise.resolve({ ok: false, refusal: { why: 'not-found' } })
        : grant.alerts.contact(alertId, user.id, method, note);
    const inTime = await Promise.race([done, sleep(ACK_WITHIN_MS, null)]).catch(async (error) => {
      // The form stays, with all that was typed.
      const errors = { [ids.contactMethod]: 'This could not be saved. Try again in a minute.' };
      await ack({ response_action: 'errors', errors });
      throw error;
    });
    if (inTime === null) await ack({ response_action: 'update', view: loadingModal('Saving') });

    const result = inTime ?? (await saved(done, deps, view.id, note));
    wake();
    log.info('gesture', {
      action: 'contact',
      user: user.id,
      ...(alertId === null ? {} : { alertId }),
      outcome: result.ok ? 'done' : result.refusal.why,
    });
    const said = result.ok
      ? infoModal('Mark contacted', 'Saved. You can close this.')
      : infoModal('Mark contacted', refusal(result.refusal, now()).text);
    if (inTime === null) await surface.updateModal(view.id, said);
    else if (result.ok) await ack();
    else await ack({ response_action: 'update', view: said });
    const picture = pictureAfter(result);
    if (memory === null || picture === null) return;
    const { answer, below } = memory;
    if (below !== null) {
      await surface.updateModal(below, detailsFor(user.id, picture, answer));
    }
    if (answer !== null) await redrawAnswer(deps, grant, answer, user.id, picture);
  });
}

/** The late answer of the database. Should it be an error, the modal says so before it is thrown on. */
async function saved(
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
