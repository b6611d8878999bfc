import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import {
  CONTACT_METHODS,
  type ContactMethod,
  NOT_A_FIT_REASONS,
  type NotAFitReason,
  OUTCOMES,
  type OutcomeKind,
} from '../core/alert.ts';
import { SLACK_LIMITS } from '../core/slack-limits.ts';
import { SNOOZE_CHOICES, type SnoozeChoice } from '../core/snooze.ts';
import { MUTABLE, type Mutable } from '../core/steps.ts';
import {
  type AlertMetadata,
  readAlertMetadata,
  readShareMetadata,
  type ShareMetadata,
} from './modal-metadata.ts';

/** What a user did in Slack. Parsed once, from a payload that may hold anything. */
export type Gesture = CommandGesture | PressGesture | SubmissionGesture;

interface AnyGesture {
  user: string;
  /** The user's workspace, as the payload claims. */
  team: string | null;
  channel: string | null;
  /** The command, the action id of a button or menu, or the callback id of a modal. */
  action: string;
  /** The alert that the gesture names. It proves nothing. */
  alertId: string | null;
  responseUrl: string | null;
}

interface CommandGesture extends AnyGesture {
  kind: 'command';
  text: string;
}

/** A button or a menu. */
export interface PressGesture extends AnyGesture {
  kind: 'press';
  /** Of the button or the chosen option; empty if there is none. */
  value: string;
  /** The gesture that an Undo button names. */
  undoId: string | null;
  /** The direct messages to turn on or off; null if there are none of this kind. */
  mute: { kind: Mutable; isMuted: boolean } | null;
  blockId: string;
  triggerId: string;
  /** In a direct message, to one or several users. */
  isDirect: boolean;
  /** In a private answer. */
  isEphemeral: boolean;
  /** The modal with the button; null in a message. */
  view: { id: string; alertMetadata: AlertMetadata | null } | null;
}

/** A submitted modal. */
export interface SubmissionGesture extends AnyGesture {
  kind: 'submission';
  viewId: string;
  /** Block id of the first input, where Slack can show an error. */
  firstInput: string | null;
  alertMetadata: AlertMetadata | null;
  shareMetadata: ShareMetadata | null;
  // What the inputs hold; null if a modal hasn't got the input, nothing is chosen, or it can't be read.
  method: ContactMethod | null;
  to: string | null;
  until: SnoozeChoice | null;
  /** Of a snooze or an outcome: `2026-03-02`. */
  date: string | null;
  reason: NotAFitReason | null;
  outcome: OutcomeKind | null;
  /** Empty if there is none; null only if it can't be read. */
  note: string | null;
}

// Fields that say who asks for what must be valid, or there is no gesture. Any other malformed field counts as missing.

/** Of a user, a team or a channel. */
const slackId = z.string().regex(/^[A-Z0-9]{1,40}$/);
const optionalSlackId = slackId.nullish().catch(null);
const name = z.string().min(1).max(SLACK_LIMITS.id);
const shortText = z.string().max(SLACK_LIMITS.id).catch('');
/** Of a button. An option's is shorter. */
const value = z.string().max(SLACK_LIMITS.buttonValue).nullish().catch(null);
const metadata = z.string().max(SLACK_LIMITS.privateMetadata).catch('');
const url = z.string().nullish().catch(null);

const user = z.object({ id: slackId, team_id: optionalSlackId });

const command = z
  .object({
    command: name,
    text: z.string().catch(''),
    user_id: slackId,
    team_id: optionalSlackId,
    channel_id: optionalSlackId,
    response_url: url,
  })
  .transform(
    (body): CommandGesture => ({
      kind: 'command',
      user: body.user_id,
      team: body.team_id ?? null,
      channel: body.channel_id ?? null,
      action: body.command,
      alertId: null,
      responseUrl: body.response_url ?? null,
      text: body.text,
    }),
  );

const press = z
  .object({
    type: z.literal('block_actions'),
    user,
    trigger_id: shortText,
    container: z
      .object({ channel_id: optionalSlackId, is_ephemeral: z.boolean().catch(false) })
      .catch({ channel_id: null, is_ephemeral: false }),
    channel: z.object({ name: shortText }).nullish().catch(null),
    view: z.object({ id: name, private_metadata: metadata }).nullish().catch(null),
    response_url: url,
    actions: z
      .tuple([
        z.object({
          action_id: name,
          block_id: shortText,
          value,
          selected_option: z.object({ value }).nullish().catch(null),
        }),
      ])
      .rest(z.unknown()),
  })
  .transform((body): PressGesture => {
    const [action] = body.actions;
    const channel = body.container.channel_id ?? null;
    const value = storable(action.selected_option?.value ?? action.value ?? '');
    return {
      kind: 'press',
      user: body.user.id,
      team: body.user.team_id ?? null,
      channel,
      action: action.action_id,
      ...namedIn(action.action_id, value),
      mute: muteIn(action.action_id, value),
      responseUrl: body.response_url ?? null,
      value,
      blockId: action.block_id,
      triggerId: body.trigger_id,
      isDirect:
        channel?.startsWith('D') === true || body.channel?.name.startsWith('mpdm-') === true,
      isEphemeral: body.container.is_ephemeral,
      view: body.view
        ? { id: body.view.id, alertMetadata: readAlertMetadata(body.view.private_metadata) }
        : null,
    };
  });

/** An input whose block id is also its action id; null if it isn't there or can't be read. */
const input = <Value>(id: string, shape: z.ZodType<Value>) =>
  z
    .object({ [id]: shape })
    .transform((block) => block[id] ?? null)
    .nullable()
    .catch(null);

const chosen = <Value extends string>(id: string, values: readonly Value[]) =>
  input(
    id,
    z
      .object({ selected_option: z.object({ value: z.enum(values) }) })
      .transform(({ selected_option }) => selected_option.value),
  );

const person = (id: string) =>
  input(
    id,
    z.object({ selected_user: slackId }).transform(({ selected_user }) => selected_user),
  );

const date = (id: string) =>
  input(
    id,
    z.object({ selected_date: z.iso.date() }).transform(({ selected_date }) => selected_date),
  );

const note = (id: string) =>
  input(
    id,
    z
      .object({ value: z.string().nullish() })
      .transform(({ value }) => storable(value ?? '').trim()),
  ).default('');

const inputs = z.object({
  [ids.contactMethod]: chosen(ids.contactMethod, CONTACT_METHODS),
  [ids.contactNote]: note(ids.contactNote),
  [ids.handOverTo]: person(ids.handOverTo),
  [ids.snoozeUntil]: chosen(ids.snoozeUntil, SNOOZE_CHOICES),
  [ids.snoozeDate]: date(ids.snoozeDate),
  [ids.notAFitReason]: chosen(ids.notAFitReason, NOT_A_FIT_REASONS),
  [ids.outcomeKind]: chosen(ids.outcomeKind, OUTCOMES),
  [ids.outcomeDate]: date(ids.outcomeDate),
  [ids.gestureNote]: note(ids.gestureNote),
});

const submission = z
  .object({
    type: z.literal('view_submission'),
    user,
    view: z.object({
      id: name,
      callback_id: name,
      private_metadata: metadata,
      blocks: z
        .array(z.object({ type: z.string().catch(''), block_id: shortText }))
        .max(100)
        .catch([]),
      state: z.object({ values: inputs }).catch({ values: inputs.parse({}) }),
    }),
  })
  .transform(({ user, view }): SubmissionGesture => {
    const alertMetadata = readAlertMetadata(view.private_metadata);
    const { values } = view.state;
    return {
      kind: 'submission',
      user: user.id,
      team: user.team_id ?? null,
      channel: null,
      action: view.callback_id,
      alertId: alertMetadata?.alertId ?? null,
      responseUrl: null,
      viewId: view.id,
      firstInput: view.blocks.find(({ type }) => type === 'input')?.block_id ?? null,
      alertMetadata,
      shareMetadata: readShareMetadata(view.private_metadata),
      method: values[ids.contactMethod],
      to: values[ids.handOverTo],
      until: values[ids.snoozeUntil],
      date: values[ids.snoozeDate] ?? values[ids.outcomeDate],
      reason: values[ids.notAFitReason],
      outcome: values[ids.outcomeKind],
      note:
        view.callback_id === ids.contactModal ? values[ids.contactNote] : values[ids.gestureNote],
    };
  });

const gesture = z.union([command, press, submission]);

/** Null unless the payload is a gesture of a user. */
export const parseGesture = (body: unknown): Gesture | null => gesture.safeParse(body).data ?? null;

const anySubmission = z.object({ type: z.literal('view_submission') });

/** Also for one that doesn't parse. */
export const isSubmission = (body: unknown): boolean => anySubmission.safeParse(body).success;

/** Removes what PostgreSQL's text can't hold: NUL and unpaired surrogates. */
function storable(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Cs}/gu, '');
}

/** What the value of a button or an option names. */
function namedIn(action: string, value: string): Pick<PressGesture, 'alertId' | 'undoId'> {
  const colon = value.indexOf(':');
  switch (action) {
    // An option of the menu on a card is `<action>:<alert id>`.
    case ids.more:
      return { alertId: idIn(value.slice(colon + 1)), undoId: null };
    case ids.undo:
      return { alertId: idIn(value.slice(0, colon)), undoId: idIn(value.slice(colon + 1)) };
    default:
      return { alertId: idIn(value), undoId: null };
  }
}

/** An option of the menu on a direct message is a kind, the button of a setting `<kind>:<on or off>`. */
function muteIn(action: string, value: string): PressGesture['mute'] {
  const [word, turn = ''] = value.split(':', 2);
  const kind = MUTABLE.find((known) => known === word);
  if (kind === undefined) return null;
  if (action === ids.muteMenu && value === kind) return { kind, isMuted: true };
  if (action !== ids.setting || !['on', 'off'].includes(turn)) return null;
  return value === `${kind}:${turn}` ? { kind, isMuted: turn === 'off' } : null;
}

const id = z.guid();
const idIn = (value: string): string | null => id.safeParse(value).data ?? null;
