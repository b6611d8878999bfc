import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { infoModal, loadingModal } from '../../blocks/info-modal.ts';
import { notSavedModal } from '../../blocks/not-saved-modal.ts';
import { refusal } from '../../blocks/refusal.ts';
import type { AlertPicture, GestureResult, Refusal } from '../core/alert.ts';
import type { Drawing } from '../core/message.ts';
import type { GestureName } from '../core/metrics.ts';
import type { Alerts, GestureRights } from '../core/ports.ts';
import { confirmGesture, pictureToDraw, reportGesture } from './answer-gesture.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import type { SubmissionGesture } from './gesture.ts';
import { type AccessGrant, gestureContext } from './gesture-context.ts';
import { type AlertMetadata, writeMetadata } from './modal-metadata.ts';
import { ACK_WITHIN_MS, openModal } from './open-modal.ts';
import { redrawAnswer } from './private-answers.ts';
import { rightsOf } from './rights.ts';
import { detailsFor } from './show-details.ts';

/** What is wrong with a form: plain text by the block id of an input. */
export interface FormErrors {
  errors: Record<string, string>;
}

/** A gesture that first asks something in a modal. */
export interface GestureForm {
  /** In the log and the metrics. */
  action: GestureName;
  title: string;
  /** The modal's callback id. */
  modal: string;
  /** So that nobody fills in a form for nothing. The database checks again. */
  whyNot(picture: AlertPicture, user: string, rights: GestureRights): Refusal | null;
  draw(picture: AlertPicture, privateMetadata: string): ModalView;
  save(submitted: SubmittedForm): Promise<GestureResult | FormErrors>;
}

export interface SubmittedForm {
  gesture: SubmissionGesture;
  alertId: string;
  alerts: Alerts;
  rights: GestureRights;
}

const NOT_SAVED = 'This could not be saved. Try again in a minute.';

/** Opens the form, or says why this user can't. */
export const openForm = (deps: ListenerDeps, form: GestureForm) => (press: Press) =>
  openModal(deps, press, form.title, async () => {
    const { alertId, user, answer, view, channel, isHome, grant } = press;
    const [picture, rights] = await Promise.all([
      alertId === null ? null : grant.alerts.find(alertId),
      rightsOf(deps, user),
    ]);
    const because = (why: Refusal) => infoModal(form.title, refusal(why, deps.now()).text);
    if (picture === null) return because({ why: 'not-found' });
    const refused = form.whyNot(picture, user, rights);
    if (refused !== null) return because(refused);
    const metadata = {
      alertId: picture.alert.id,
      answer,
      below: view?.id ?? null,
      channel,
      isHome,
    };
    return form.draw(picture, writeMetadata(metadata));
  });

/** Closes the modal if the database answers in time, else shows progress in it. */
export function onFormSubmitted(app: App, deps: ListenerDeps, form: GestureForm): void {
  const { surface, now, wake } = deps;
  app.view(form.modal, async ({ ack, context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'submission') return;
    const { gesture, grant } = ours;
    const { user, viewId, firstInput, alertMetadata } = gesture;
    const note = gesture.note ?? '';

    const done = save(deps, form, gesture, grant);
    const inTime = await Promise.race([done, sleep(ACK_WITHIN_MS, null)]).catch(async (error) => {
      await ack(
        firstInput === null
          ? { response_action: 'update', view: notSavedModal(form.title, note) }
          : // Keep the form and what was typed.
            { response_action: 'errors', errors: { [firstInput]: NOT_SAVED } },
      );
      throw error;
    });
    if (inTime !== null && 'errors' in inTime) {
      return ack({ response_action: 'errors', errors: inTime.errors });
    }
    if (inTime === null) await ack({ response_action: 'update', view: loadingModal('Saving') });

    const result = inTime ?? (await savedLate(done, deps, form, viewId, note));
    if ('errors' in result) {
      const why = Object.values(result.errors).join(' ');
      return surface.updateModal(viewId, notSavedModal(form.title, note, why));
    }
    wake();
    reportGesture(deps, form.action, gesture, result);
    const outcome = result.ok
      ? infoModal(form.title, 'Saved. You can close this.')
      : notSavedModal(form.title, note, refusal(result.refusal, now()).text);
    if (inTime === null) await surface.updateModal(viewId, outcome);
    else if (result.ok) await ack();
    else await ack({ response_action: 'update', view: outcome });
    if (alertMetadata !== null) await show(deps, grant, user, alertMetadata, result);
  });
}

async function save(
  deps: ListenerDeps,
  form: GestureForm,
  gesture: SubmissionGesture,
  { alerts }: AccessGrant,
): Promise<GestureResult | FormErrors> {
  const { alertId, user } = gesture;
  if (alertId === null) return { ok: false, refusal: { why: 'not-found' } };
  return form.save({ gesture, alertId, alerts, rights: await rightsOf(deps, user) });
}

/** Shows in the modal that saving failed, then rethrows. */
async function savedLate(
  done: Promise<GestureResult | FormErrors>,
  { surface }: ListenerDeps,
  { title }: GestureForm,
  viewId: string,
  note: string,
): Promise<GestureResult | FormErrors> {
  try {
    return await done;
  } catch (error) {
    await surface.updateModal(viewId, notSavedModal(title, note));
    throw error;
  }
}

/** Redraws what the form was opened from. Outside of Details and Home, which have an Undo button, it also confirms the gesture. */
async function show(
  deps: ListenerDeps,
  grant: AccessGrant,
  user: string,
  { answer, below, channel, isHome }: AlertMetadata,
  result: GestureResult,
): Promise<void> {
  const { surface } = deps;
  const picture = await pictureToDraw(deps, grant, result, below !== null, answer);
  if (below !== null && picture !== null) {
    await surface.updateModal(below, await detailsFor(deps, user, picture, answer));
  } else if (below === null && result.ok && !isHome) {
    const tell = (drawing: Drawing) =>
      answer === null
        ? surface.tell(user, channel, drawing)
        : surface.answer(answer.url, drawing, 'person');
    await confirmGesture(deps, user, result.picture, tell);
  }
  if (answer !== null) await redrawAnswer(deps, grant, answer, user, picture);
}

/** What is wrong with a note; null if nothing is. */
export function noteErrors(note: string | null, input: string, longest: number): FormErrors | null {
  if (note === null) return { errors: { [input]: 'This note could not be read.' } };
  if (note.length <= longest) return null;
  const most = longest.toLocaleString('en-US');
  return { errors: { [input]: `The note is too long: ${most} characters at most.` } };
}

/** The table's limit. That of a form may be lower. */
export const LONGEST_NOTE = 3_000;

/** Shows a refused date on the input. */
export function dateErrors(result: GestureResult, input: string, now: Date): FormErrors | null {
  if (result.ok || !['past', 'too-far'].includes(result.refusal.why)) return null;
  return { errors: { [input]: refusal(result.refusal, now).text } };
}
