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
export type Gesture =
  | CommandGesture
  | PressGesture
  | SubmissionGesture
  | ShortcutGesture
  | MentionGesture
  | HomeGesture;

interface AnyGesture {
  user: string;
  /** The user's workspace, as the payload claims. */
  team: string | null;
  channel: string | null;
  /** The command, the action id of a button or menu, the callback id of a modal or shortcut, or the type of an event. */
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
  /** On the user's Home tab, which has no channel. */
  isHome: boolean;
  /** The modal with the button; null in a message and on Home. */
  view: { id: string; alertMetadata: AlertMetadata | null } | null;
}

/** From the list of shortcuts, or from the menu of a message. */
export interface ShortcutGesture extends AnyGesture {
  kind: 'shortcut';
  triggerId: string;
  /** Of the message, with its links, at most 10,000 characters; empty without one. */
  text: string;
}

/** Someone has written to the bot in a channel. */
export interface MentionGesture extends AnyGesture {
  kind: 'mention';
  channel: string;
  /** At most 4,000 characters, with the mention. */
  text: string;
  /** Of the thread it was written in; null for the channel itself. */
  threadTs: string | null;
  /** The same in all of Slack's attempts to deliver it. */
  eventId: string;
}

/** The user looks at the Home tab. */
interface HomeGesture extends AnyGesture {
  kind: 'home';
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
  /** What to look up. Empty if there is none; null only if it can't be read. */
  lookUpText: string | null;
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
    view: z.object({ id: name, type: shortText, private_metadata: metadata }).nullish().catch(null),
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
    const isHome = body.view?.type === 'home';
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
      isHome,
      view:
        body.view && !isHome
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
  [ids.lookUpText]: note(ids.lookUpText),
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
      lookUpText: values[ids.lookUpText],
    };
  });

/** Enough for the companies in a message. */
const LONGEST_MESSAGE = 10_000;
const LONGEST_MENTION = 4_000;

const shortcut = z
  .object({
    type: z.enum(['shortcut', 'message_action']),
    callback_id: z.enum([ids.lookUp, ids.companiesIn]),
    trigger_id: shortText,
    user,
    channel: z.object({ id: optionalSlackId }).nullish().catch(null),
    response_url: url,
    message: z
      .object({
        text: z.string().catch(''),
        blocks: z.unknown().optional(),
        attachments: z.unknown().optional(),
      })
      .nullish()
      .catch(null),
  })
  .transform(
    (body): ShortcutGesture => ({
      kind: 'shortcut',
      user: body.user.id,
      team: body.user.team_id ?? null,
      channel: body.channel?.id ?? null,
      action: body.callback_id,
      alertId: null,
      responseUrl: body.response_url ?? null,
      triggerId: body.trigger_id,
      text: body.message ? textOf(body.message) : '',
    }),
  );

const mention = z
  .object({
    type: z.literal('event_callback'),
    event_id: name,
    team_id: optionalSlackId,
    event: z.object({
      type: z.literal('app_mention'),
      user: slackId,
      // A bot's message has one.
      bot_id: z.null().optional(),
      team: optionalSlackId,
      channel: slackId,
      text: z.string().catch(''),
      thread_ts: z
        .string()
        .regex(/^\d{1,20}\.\d{1,20}$/)
        .nullish()
        .catch(null),
    }),
  })
  .transform(
    ({ event, event_id, team_id }): MentionGesture => ({
      kind: 'mention',
      user: event.user,
      team: event.team ?? team_id ?? null,
      channel: event.channel,
      action: event.type,
      alertId: null,
      responseUrl: null,
      text: storable(event.text.slice(0, LONGEST_MENTION)),
      threadTs: event.thread_ts ?? null,
      eventId: event_id,
    }),
  );

const homeOpened = z
  .object({
    type: z.literal('event_callback'),
    team_id: optionalSlackId,
    event: z.object({
      type: z.literal('app_home_opened'),
      user: slackId,
      tab: z.literal('home'),
    }),
  })
  .transform(
    ({ event, team_id }): HomeGesture => ({
      kind: 'home',
      user: event.user,
      team: team_id ?? null,
      channel: null,
      action: event.type,
      alertId: null,
      responseUrl: null,
    }),
  );

const gesture = z.union([command, press, submission, shortcut, mention, homeOpened]);

/** The types of events that are gestures. */
export const EVENTS = ['app_home_opened', 'app_mention'] as const;

/** Null unless the payload is a gesture of a user. */
export const parseGesture = (body: unknown): Gesture | null => gesture.safeParse(body).data ?? null;

/** Events that Slack sends along with the gestures: another tab than Home, what bots write. */
const eventToIgnore = z.object({
  event: z.union([
    z.object({ type: z.literal('app_home_opened'), tab: z.literal('messages') }),
    z.object({ type: z.literal('app_mention'), bot_id: z.string() }),
  ]),
});

export const isEventToIgnore = (body: unknown): boolean => eventToIgnore.safeParse(body).success;

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

const PARTS_WITH_TEXT: ReadonlySet<string> = new Set(['text', 'url', 'fallback']);

/** The text of a message. What bots write is often in blocks, what is forwarded in attachments. */
function textOf(message: { text: string; blocks?: unknown; attachments?: unknown }): string {
  const found: string[] = [message.text];
  let parts = 0;
  const collect = (part: unknown, depth: number): void => {
    if (typeof part !== 'object' || part === null || depth > 12) return;
    for (const [key, inner] of Object.entries(part)) {
      parts += 1;
      if (parts > 5_000) return;
      if (typeof inner !== 'string') collect(inner, depth + 1);
      else if (PARTS_WITH_TEXT.has(key)) found.push(inner);
    }
  };
  collect(message.blocks, 0);
  if (found.every((text) => text.trim() === '')) collect(message.attachments, 0);
  return storable(found.join('\n').slice(0, LONGEST_MESSAGE));
}
