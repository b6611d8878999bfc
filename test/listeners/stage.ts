import { App, type Receiver } from '@slack/bolt';
import { vi } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { DenialReason, Reach, RefusedGesture } from '../../src/core/access.ts';
import type {
  Absences,
  AccessCheck,
  Alerts,
  DirectSettings,
  Homes,
  Reports,
  SeenEvents,
  Surface,
} from '../../src/core/ports.ts';
import { buildApp } from '../../src/intake/app.ts';
import { createInFlight } from '../../src/intake/in-flight.ts';
import { writeMetadata } from '../../src/listeners/modal-metadata.ts';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { memoryLog } from '../support/memory-log.ts';
import { memoryMeter } from '../support/memory-meter.ts';

export const ALERT = '0b5f2c1e-7f5d-4c0e-9a51-2f6a3f0f9a10';
export const UNDO = '7c9e6679-7425-40de-944b-e07fc1f90ae7';
export const USER = 'U0SOMEBODY';

interface StageOptions {
  reach?: Reach;
  holds?: boolean;
  /** Instead of those that record the call and fail. */
  alerts?: Partial<Alerts>;
  surface?: Partial<Surface>;
  accessCheck?: Partial<AccessCheck>;
  absences?: Partial<Absences>;
  settings?: Partial<DirectSettings>;
  reports?: Partial<Reports>;
  homes?: Partial<Homes>;
  seenEvents?: Partial<SeenEvents>;
  managers?: readonly string[];
}

/** The whole app with its listeners, on ports that only record calls. */
export function stage(
  denialReason: DenialReason | null,
  audit?: () => Promise<void>,
  receiver: Receiver = { init() {}, start: async () => {}, stop: async () => {} },
  { reach = 'everything', holds = true, ...given }: StageOptions = {},
) {
  /** Response URLs used. */
  const urls: string[] = [];
  const order: string[] = [];
  const refused: RefusedGesture[] = [];
  const shown: string[] = [];
  const asked = (what: string) => (): Promise<never> => {
    order.push(what);
    return Promise.reject(new Error('no database'));
  };
  const alerts: Alerts = {
    claim: asked('claim'),
    pass: asked('pass'),
    keep: asked('keep'),
    giveBack: asked('giveBack'),
    release: asked('release'),
    contact: asked('contact'),
    handOver: asked('handOver'),
    outcome: asked('outcome'),
    snooze: asked('snooze'),
    notAFit: asked('notAFit'),
    addNote: asked('addNote'),
    undo: asked('undo'),
    find: asked('find'),
    lookup: asked('lookup'),
    openOnes: asked('openOnes'),
    inRollup: asked('inRollup'),
    hot: asked('hot'),
    mine: asked('mine'),
    covered: asked('covered'),
    previewDigest: asked('previewDigest'),
    ...given.alerts,
  };
  const show = (what: unknown) => {
    order.push('show');
    shown.push(JSON.stringify(what));
  };
  const surface: Surface = {
    openModal: async (_trigger, view) => {
      show(view);
      return 'V0NEW';
    },
    updateModal: async (_id, view) => show(view),
    answersAt: (url) => url.startsWith('https://hooks.slack.com/'),
    answer: async (url, drawing) => {
      urls.push(url);
      show(drawing);
    },
    replaceAnswer: async (url, drawing) => {
      urls.push(url);
      show(drawing);
    },
    tell: async (_user, _channel, drawing) => show(drawing),
    ...given.surface,
  };
  const log = memoryLog();
  let wakes = 0;
  const meter = memoryMeter();
  const app = buildApp({
    meter,
    receiver,
    botToken: 'xoxb-test',
    botId: 'B0BOT',
    botUserId: 'U0BOT',
    apiUrl: undefined,
    sdkLog: sdkLog(log),
    inFlight: createInFlight(),
    alerts,
    surface,
    absences: { set: asked('setAway'), among: async () => [], ...given.absences },
    workingHours: {
      shifts: [{ days: new Set([1, 2, 3, 4, 5]), from: 540, to: 1080 }],
      holidays: new Set(),
    },
    managers: {
      areSet: given.managers !== undefined,
      include: async (user) => given.managers?.includes(user) === true,
      all: async () => given.managers ?? [],
    },
    settings: {
      muted: async () => new Set(),
      mute: asked('mute'),
      ...given.settings,
    },
    reports: {
      why: asked('why'),
      stats: asked('stats'),
      replay: asked('replay'),
      ...given.reports,
    },
    homes: { open: asked('openHome'), read: asked('readHome'), ...given.homes },
    deadlines: { claimMs: 7_200_000, contactMs: 28_800_000, followUpMs: null },
    quietAfterNotAFitMs: 7_776_000_000,
    channelAudience: { denialReason: async () => null },
    accessCheck: {
      decide: async () => {
        order.push('checked');
        return denialReason === null ? { reach } : { why: denialReason };
      },
      timeZoneOf: () => null,
      ...given.accessCheck,
    },
    seenEvents: { isFirst: async () => true, ...given.seenEvents },
    cardChannels: { holds: async () => holds },
    audit: {
      refused: async (gesture) => {
        refused.push(gesture);
        await audit?.();
      },
    },
    log,
    alertChannel: 'C0LEADS',
    digestChannel: 'C0DIGEST',
    timeZone: 'UTC',
    wake: () => {
      wakes += 1;
    },
    now: () => new Date('2026-03-02T12:00:00Z'),
  });
  const send = (body: Record<string, unknown>) =>
    app.processEvent({
      body,
      ack: async (response) => {
        order.push('ack');
        if (response !== undefined) shown.push(JSON.stringify(response));
      },
    });
  return { app, send, order, refused, shown, urls, log, meter, wakes: () => wakes };
}

export const who = { id: USER, name: 'x', username: 'x', team_id: 'T0OTHER' };

const chosen = (value: string) => ({ type: 'radio_buttons', selected_option: { value } });

/** What the inputs of all forms hold. */
const FILLED_IN: Readonly<Record<string, object>> = Object.fromEntries(
  Object.entries({
    [ids.contactMethod]: chosen('email'),
    [ids.handOverTo]: { type: 'users_select', selected_user: 'U0BO' },
    [ids.snoozeUntil]: chosen('date'),
    [ids.snoozeDate]: { type: 'datepicker', selected_date: '2026-03-09' },
    [ids.notAFitReason]: chosen('partner'),
    [ids.outcomeKind]: chosen('not-now'),
    [ids.outcomeDate]: { type: 'datepicker', selected_date: '2026-03-09' },
    [ids.gestureNote]: { type: 'plain_text_input', value: 'Call them' },
    [ids.lookUpText]: { type: 'plain_text_input', value: 'acme.example' },
  }).map(([id, held]) => [id, { [id]: held }]),
);

/** Of the buttons and menus whose value is more than an alert's id. */
const VALUES: Readonly<Record<string, string>> = {
  [ids.more]: `${ids.claim}:${ALERT}`,
  [ids.undo]: `${ALERT}:${UNDO}`,
  [ids.muteMenu]: 'offer',
  [ids.setting]: 'offer:off',
  [ids.homePage]: '10:0',
  [ids.homePageBack]: '0:20',
  [ids.back]: 'now',
};

export function bodyOf({ kind, id }: { kind: string; id: string }): Record<string, unknown> {
  const view = {
    id: 'V0',
    type: 'modal',
    callback_id: id,
    blocks: [{ type: 'section' }, { type: 'input', block_id: ids.contactMethod }],
    private_metadata:
      id === ids.lookUpModal
        ? ''
        : id === ids.shareModal
          ? JSON.stringify({
              url: 'https://hooks.slack.com/x',
              channel: 'C0',
              what: 'company',
              value: 'acme.example',
            })
          : writeMetadata({
              alertId: ALERT,
              answer: null,
              below: null,
              channel: null,
              isHome: false,
            }),
    state: { values: FILLED_IN },
  };
  if (kind === 'command') {
    return {
      command: id,
      text: 'acme.example',
      user_id: USER,
      team_id: 'T0OTHER',
      channel_id: 'C0',
    };
  }
  if (kind === 'shortcut') return shortcutBody(id);
  if (kind === 'event') return eventBody(id);
  if (kind === 'view') return { type: 'view_submission', user: who, team: null, view };
  const value = LISTS.has(id) ? 'hot:0' : (VALUES[id] ?? ALERT);
  return {
    type: 'block_actions',
    user: who,
    team: { id: 'T0' },
    trigger_id: 'trigger',
    container: { type: 'message', channel_id: 'C0', message_ts: '1.1', is_ephemeral: true },
    response_url: 'https://hooks.slack.com/x',
    channel: { id: 'C0', name: 'hot-leads' },
    actions: [{ type: 'button', block_id: 'b', action_id: id, value }],
  };
}

/** A press on the user's Home tab. */
export const homeBodyOf = (id: string): Record<string, unknown> => {
  const { response_url: _, channel: __, ...press } = bodyOf({ kind: 'action', id });
  return { ...press, container: { type: 'view', view_id: 'V0' }, view: { id: 'V0', type: 'home' } };
};

/** Only on the Home tab. */
export const HOME: readonly string[] = [ids.homePage, ids.homePageBack, ids.back];

const shortcutBody = (id: string) => ({
  type: id === ids.companiesIn ? 'message_action' : 'shortcut',
  callback_id: id,
  user: who,
  team: { id: 'T0' },
  trigger_id: 'trigger',
  ...(id === ids.companiesIn && {
    response_url: 'https://hooks.slack.com/x',
    channel: { id: 'C0', name: 'random' },
    message_ts: '1.1',
    message: { type: 'message', user: USER, ts: '1.1', text: 'Anyone from acme.example here?' },
  }),
});

const eventBody = (type: string) => ({
  type: 'event_callback',
  team_id: 'T0OTHER',
  event_id: `Ev${++events}`,
  authorizations: [{ team_id: 'T0', user_id: 'U0BOT' }],
  event: {
    type,
    user: USER,
    event_ts: '1.1',
    ...(type === 'app_home_opened'
      ? { channel: 'D0', tab: 'home' }
      : { channel: 'C0', ts: '1.1', text: '<@U0BOT> acme.example' }),
  },
});
let events = 0;

/** Whose value is a kind of direct messages. */
export const SETTINGS: readonly string[] = [ids.muteMenu, ids.setting];

/** Buttons whose value is a page of a list. */
export const LISTS = new Set<string>([ids.shareList, ids.nextPage, ids.previousPage]);

/** What the bot registers with Bolt. */
export function registrations(): { kind: string; id: string }[] {
  const kinds = ['action', 'view', 'command', 'shortcut', 'event'] as const;
  const spies = kinds.map((kind) => vi.spyOn(App.prototype, kind));
  stage(null);
  return spies.flatMap((spy, n) => {
    const registered = spy.mock.calls.map(([id]) => ({ kind: kinds[n] ?? '', id: String(id) }));
    spy.mockRestore();
    return registered;
  });
}
