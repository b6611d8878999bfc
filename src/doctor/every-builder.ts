import type { ModalView } from '@slack/types';
import { accessDenied } from '../../blocks/access-denied.ts';
import { alertList } from '../../blocks/alert-list.ts';
import {
  type AwayRefusal,
  awayRefused,
  awaySet,
  awayStatus,
  welcomeBack,
} from '../../blocks/away-answer.ts';
import { digestUnavailable, limitedToChannels } from '../../blocks/channels-note.ts';
import { companiesInMessage } from '../../blocks/companies-in-message.ts';
import { contactModal } from '../../blocks/contact-modal.ts';
import { detailsModal } from '../../blocks/details-modal.ts';
import { digest } from '../../blocks/digest.ts';
import { directList } from '../../blocks/direct-list.ts';
import { directMessage } from '../../blocks/direct-message.ts';
import { directSettings, turnedOff } from '../../blocks/direct-settings.ts';
import { gestureDone } from '../../blocks/gesture-done.ts';
import { handOverModal } from '../../blocks/hand-over-modal.ts';
import { help } from '../../blocks/help.ts';
import { home, idleHome } from '../../blocks/home.ts';
import { answerModal, infoModal, loadingModal } from '../../blocks/info-modal.ts';
import { leadCard } from '../../blocks/lead-card.ts';
import { filterUnreadable, nothingFits } from '../../blocks/list-filter.ts';
import { companyModal, lookUpModal, noCompany } from '../../blocks/look-up-modal.ts';
import {
  foundAnswer,
  nearAnswer,
  noMatchAnswer,
  noMatchInChannels,
  notACompany,
} from '../../blocks/lookup-answer.ts';
import { notAFitModal } from '../../blocks/not-a-fit-modal.ts';
import { notSavedModal } from '../../blocks/not-saved-modal.ts';
import { noteModal } from '../../blocks/note-modal.ts';
import { notice } from '../../blocks/notice.ts';
import { outcomeModal } from '../../blocks/outcome-modal.ts';
import { plainFallback } from '../../blocks/plain-fallback.ts';
import { refusal } from '../../blocks/refusal.ts';
import { rollup } from '../../blocks/rollup.ts';
import { cannotShareInDm, shareModal } from '../../blocks/share-modal.ts';
import { sharedAnswer, sharedList, withShareButton } from '../../blocks/shared-answer.ts';
import { snoozeModal } from '../../blocks/snooze-modal.ts';
import { stats, statsHelp } from '../../blocks/stats.ts';
import { replayed, tuneExplained, tuneRefused } from '../../blocks/tune.ts';
import { whyAnswer, whyHelp, whyUnknown } from '../../blocks/why.ts';
import type { ChannelDenialReason, DenialReason, OutOfReach } from '../../src/core/access.ts';
import type { AlertPicture, Refusal } from '../../src/core/alert.ts';
import type { Digest } from '../../src/core/digest.ts';
import type { Home } from '../../src/core/home.ts';
import type { ListFilter } from '../../src/core/list-filter.ts';
import type { ListPage } from '../../src/core/lookup.ts';
import {
  DIRECT_KINDS,
  type DirectList,
  type DirectRow,
  type Drawing,
  type Notice,
} from '../../src/core/message.ts';
import type { Stats } from '../../src/core/stats.ts';
import { MUTABLE, STEP_KINDS } from '../../src/core/steps.ts';
import type { ReplayAnswer } from '../../src/core/tune.ts';
import { FATES, type Why } from '../../src/core/why.ts';
import {
  ALERT_ID,
  digestDay,
  JONAS,
  MARIA,
  NOW,
  newsOf,
  replayOf,
  SALES,
  statsOf,
  tallyOf,
  weekOf,
} from './samples.ts';

const DENIALS: readonly (DenialReason | ChannelDenialReason | OutOfReach)[] = [
  'other-channel',
  'external',
  'guest',
  'bot',
  'deactivated',
  'not-in-channel',
  'unchecked',
  'shared-channel',
  'unknown-channel',
];

const CHANNELS = Array.from({ length: 50 }, (_, n) => `C0CHANNEL${n}`);

/** What can be undone, and a word that a newer database may have. */
export const UNDONE = [
  'claimed',
  'released',
  'contacted',
  'handed-over',
  'passed',
  'given-back',
  'outcome',
  'snoozed',
  'not-a-fit',
  'kept',
  'promoted',
] as const;

export const undoOf = (kind: string) => ({ id: ALERT_ID, kind, actor: MARIA, at: NOW });

export function refusals(picture: AlertPicture): Refusal[] {
  return [
    { why: 'not-found' },
    { why: 'already-yours', picture },
    { why: 'claimed-by-other', owner: JONAS, claimedAt: NOW, picture },
    { why: 'not-yours', owner: JONAS, picture },
    { why: 'not-yours', owner: null, picture },
    { why: 'already-contacted', owner: JONAS, contactedAt: NOW, picture },
    { why: 'not-allowed', picture },
    { why: 'not-contacted', picture },
    { why: 'already-theirs', owner: JONAS, picture },
    { why: 'past', picture },
    { why: 'too-far', picture },
    { why: 'changed-since', picture },
    { why: 'too-late', picture },
    {
      why: 'not-a-fit',
      hold: { kind: 'not-a-fit', reason: 'partner', by: JONAS, at: NOW, until: NOW },
      picture,
    },
    {
      why: 'offered',
      offer: {
        holder: JONAS,
        source: 'owner' as const,
        insteadOf: null,
        until: NOW,
        ended: null,
        endedAt: null,
      },
      picture,
    },
    { why: 'not-offered', picture },
    { why: 'not-handed-over', picture },
    { why: 'over', picture },
  ];
}

const awayRefusals = (typed: string): AwayRefusal[] => [
  { kind: 'unreadable', asked: typed },
  { kind: 'past' },
  { kind: 'too-far' },
  { kind: 'unknown-cover', asked: typed },
  { kind: 'cover-oneself' },
  { kind: 'cover-denied', cover: typed, why: 'guest' },
  { kind: 'cover-away', cover: typed, until: NOW },
];

export function digestOf(alerts: readonly AlertPicture[], total = alerts.length): Digest {
  const left = { contacted: total, notAFit: total, snoozed: total, cooled: total };
  const rows = { contacted: alerts, notAFit: alerts, snoozed: alerts, cooled: alerts };
  return digestDay({
    id: ALERT_ID,
    unclaimed: alerts,
    claimed: alerts,
    ...rows,
    counts: { unclaimed: total, claimed: total, ...left },
    changes: { before: total, opened: total, back: total, merged: total, erased: total, ...left },
    outcomes: { meeting: total, 'no-reply': total, 'not-now': total, won: total, lost: total },
  });
}

const DAY = ['mine', 'offers', 'moved'] as const;
const SECTIONS = [...STEP_KINDS, ...DAY];

export function directListOf(
  sections: readonly DirectRow['section'][],
  alerts: readonly AlertPicture[],
  typed = 'Ana Ruiz',
): DirectList {
  const rows = sections.flatMap((section) =>
    alerts.map((picture) => ({ section, picture, news: newsOf(typed) })),
  );
  return { kind: 'due', to: MARIA, rows, total: rows.length + 7 };
}

const DEADLINES = { claimMs: 7_200_000, contactMs: 28_800_000, followUpMs: 1_209_600_000 };

/** Every reply in a thread. */
export const notices = (company: string, typed: string): Notice[] => [
  { kind: 'joined', who: company, score: 81, others: 0 },
  { kind: 'merged', company, whom: typed, owner: typed },
  { kind: 'released', by: JONAS, owner: typed },
  { kind: 'handed-over', by: JONAS, to: typed },
  { kind: 'given-back', by: JONAS, to: typed },
  { kind: 'offered', to: typed, until: NOW },
  { kind: 'woke', by: typed, owner: null },
  { kind: 'cold' },
  { kind: 'reminder', to: SALES, since: NOW, others: 12 },
  { kind: 'reminder', to: typed, since: NOW, others: 1 },
  { kind: 'warned', owner: typed, until: NOW },
  { kind: 'expired', owner: typed },
  { kind: 'news', owner: JONAS, contacted: true, items: newsOf(typed) },
  ...newsOf(typed).map((item) => {
    return { kind: 'news' as const, owner: typed, contacted: false, items: [item] };
  }),
  { kind: 'news', owner: null, contacted: true, items: [] },
];

function statsWith(typed: string, many: number): Stats {
  const rows = Math.min(many, 20);
  const each = <T>(row: (n: number) => T): T[] => Array.from({ length: rows }, (_, n) => row(n));
  return statsOf({
    byPerson: each((n) => ({ user: n === 0 ? typed : `U0AE${n}`, tally: tallyOf() })),
    byChannel: each((n) => ({ channel: n === 0 ? typed : `C0CHANNEL${n}`, tally: tallyOf() })),
    bySignal: each(() => ({ signal: typed, alerts: 40, notAFit: 7 })),
    byScore: each((n) => ({ from: 5 * n, alerts: 40, notAFit: 7 })),
  });
}

/** What the bot did about a company, in every way that there is. */
export function whyOf(picture: AlertPicture, many: number, text: string): Why {
  const someone = { who: text, score: 85 };
  return {
    account: picture.account,
    person: text,
    current: picture,
    crossings: FATES.map((fate) => ({
      ...someone,
      at: NOW,
      fate,
      alertId: fate === 'card' ? picture.alert.id : null,
      until: NOW,
      message: { kind: 'card', channel: 'C0HOTLEADS', postedAt: null, state: 'gone' },
    })),
    history: Array.from({ length: 20 }, (_, n) => ({
      at: new Date(NOW.getTime() - (20 - n) * 86_400_000),
      score: 60 + n,
    })),
    waiting: Array.from({ length: many }, () => someone),
    setAside: Array.from({ length: Math.min(many, 20) }, () => ({
      ...someone,
      fields: ['total_score', text],
    })),
    hidden: Array.from({ length: Math.min(many, 10) }, () => ({ ...someone, isHot: true })),
    watchingSince: NOW,
    hasTrigger: false,
  };
}

/** Every message that can be drawn from one alert, or from `many` copies, by name. */
export function everyMessage(
  picture: AlertPicture,
  many: number,
  typed: string,
): [string, Drawing][] {
  const alerts = Array.from({ length: many }, () => picture);
  const found = { account: picture.account, current: picture };
  const near = alerts.map(({ account: { key, name, domain } }) => {
    return { accountKey: key, name, domain, totalScore: 80, tier: 'warm' as const };
  });
  const hot = alertList(
    { kind: 'hot', offset: 0, messageId: null },
    { alerts, total: many + 7 },
    MARIA,
  );
  const messages: [string, Drawing][] = [
    ['card', leadCard(picture)],
    ['roll-up', rollup({ id: ALERT_ID, reason: 'storm', madeAt: NOW, alerts, total: many + 7 })],
    ['digest', digest(digestOf(alerts, many + 7), { timeZone: 'Europe/Berlin' })],
    [
      'first digest of a week',
      digest({ ...digestOf(alerts, many + 7), week: weekOf() }, { timeZone: 'Europe/Berlin' }),
    ],
    ['digest with only a week', digest(digestDay({ week: weekOf() }), { timeZone: 'UTC' })],
    ['stats', stats(statsWith(typed, many), 30, null)],
    ['stats of oneself', stats(statsWith(typed, many), 7, MARIA)],
    ['stats of nothing', stats(statsOf({ all: tallyOf({ alerts: 0 }), crossings: {} }), 90, null)],
    ['stats of some channels', limitedToChannels(stats(statsOf(), 30, null), CHANNELS)],
    ['stats help', statsHelp()],
    ...DIRECT_KINDS.map((kind): [string, Drawing] => [
      `direct message: ${kind}`,
      directMessage(picture, {
        kind,
        to: MARIA,
        ...(kind === 'warning' ? { until: new Date('2026-03-02T15:00:00Z') } : {}),
      }),
    ]),
    ...SECTIONS.map((section): [string, Drawing] => [
      `direct list of ${section}`,
      directList(directListOf([section], alerts, typed)),
    ]),
    ['direct list of steps', directList(directListOf(STEP_KINDS, alerts, typed))],
    ['morning list', directList({ ...directListOf(DAY, alerts, typed), kind: 'morning' })],
    ...notices(picture.account.name, typed).map((news): [string, Drawing] => [
      `notice: ${news.kind}`,
      notice(news),
    ]),
    ['settings', directSettings(new Set(), true, DEADLINES)],
    ['settings, all off', directSettings(new Set(MUTABLE), false, DEADLINES)],
    ...MUTABLE.map((kind): [string, Drawing] => [`turned off: ${kind}`, turnedOff(kind)]),
    ['answer', foundAnswer(found, MARIA)],
    ['answer without alert', foundAnswer({ ...found, current: null }, MARIA)],
    ['shared answer', sharedAnswer(found, MARIA, NOW)],
    ['near matches', nearAnswer(typed, near, 0)],
    ['why', whyAnswer(whyOf(picture, many, typed), NOW, typed)],
    ['why nobody is known', whyUnknown(typed)],
    ['help of why', whyHelp()],
    ['tune', tuneExplained(replayedOf(typed), 'Europe/Berlin')],
    ['replay', replayed(replayedOf(typed), 57.5, 'Europe/Berlin')],
    ['replay, unreadable', tuneRefused({ kind: 'unreadable', part: typed })],
    ['filtered list', alertList(firstPageOf(typed), { alerts, total: many + 7 }, MARIA)],
    ['filter that nothing fits', nothingFits('hot', filterOf(typed), false)],
    ['filter, unreadable', filterUnreadable('mine', typed)],
    ['several matches', nearAnswer(typed, near, 200)],
    ['companies in message', companiesInMessage(companiesOf(alerts.slice(0, 10), [typed], 3))],
    ['no company in message', companiesInMessage(companiesOf([], [], 0))],
    ['unknown companies in message', companiesInMessage(companiesOf([], Array(10).fill(typed), 1))],
    ['no match', noMatchAnswer(typed)],
    ['no match within channels', noMatchInChannels(typed, CHANNELS, 'C0HOTLEADS')],
    ['digest of all', digestUnavailable()],
    ['list of some channels', limitedToChannels(hot, CHANNELS)],
    ['hint', notACompany(typed)],
    ['help', help()],
    ['hot list', withShareButton('hot', hot)],
    ['shared list', sharedList('hot', hot, MARIA, NOW)],
    [
      'own list',
      alertList({ kind: 'mine', offset: 0, messageId: null }, { alerts, total: many }, MARIA),
    ],
    ...UNDONE.map((kind): [string, Drawing] => [
      `done: ${kind}`,
      gestureDone(picture, undoOf(kind), NOW, { contactWithinMs: 28_800_000 }),
    ]),
    ...DENIALS.map((why): [string, Drawing] => [why, accessDenied(why)]),
    ...refusals(picture).map((refused): [string, Drawing] => [refused.why, refusal(refused, NOW)]),
  ];
  const list = { alerts, total: many + 7 };
  const absence = { person: MARIA, until: NOW, cover: JONAS };
  messages.push(
    ['away', awayStatus(absence, 'Europe/Berlin')],
    ['away now', awaySet({ ...absence, cover: typed }, list, 'Europe/Berlin')],
    ['back', welcomeBack(absence, MARIA, list, list)],
    ...awayRefusals(typed).map((refused): [string, Drawing] => [
      `away: ${refused.kind}`,
      awayRefused(refused, 'Europe/Berlin'),
    ]),
  );
  return messages.flatMap(([name, message]): [string, Drawing][] => [
    [name, message],
    [`${name}, plain`, plainFallback(message)],
  ]);
}

/** A Home tab with full lists of `many` leads. The channels are those of someone who sees only some leads. */
export function homeOf(picture: AlertPicture, many: number, typed: string): Home {
  const list = (most: number) => ({
    alerts: Array.from({ length: Math.min(many, most) }, () => picture),
    total: many,
  });
  return {
    user: MARIA,
    rows: {
      readAt: NOW,
      pages: { mine: 10, unclaimed: 20 },
      mine: list(10),
      offers: list(5),
      unclaimed: list(10),
      moved: {
        rows: list(5).alerts.map((one) => ({ picture: one, news: newsOf(typed) })),
        total: many,
      },
      done: { ...picture, alert: { ...picture.alert, undo: undoOf('handed-over') } },
      numbers: {
        claimed: many,
        contacted: many,
        toClaim: 840,
        toContact: 10_800,
        outcomes: { meeting: many, 'no-reply': many, 'not-now': many, won: many, lost: many },
      },
    },
    muted: new Set(['news']),
    isManager: true,
    absence: { person: MARIA, until: NOW, cover: typed },
    awayUntil: NOW,
    deadlines: DEADLINES,
    timeZone: 'Europe/Berlin',
    channels: CHANNELS,
  };
}

/** Every Home tab, by name. */
export const everyHome = (
  picture: AlertPicture,
  many: number,
  typed: string,
): [string, Drawing][] => [
  ['Home', home(homeOf(picture, many, typed))],
  ['Home without leads', home(homeOf(picture, 0, typed))],
  ['idle Home', idleHome()],
];

function replayedOf(typed: string): Extract<ReplayAnswer, { kind: 'replayed' }> {
  const replay = replayOf(typed);
  const [example = { name: typed, domain: null, outcome: null }] = replay.missed.examples;
  const weights = { company: 25, usage: 30, expansion: 20, champion: 15, timing: 10 };
  const tuned = { company: 33.33, usage: 11.11, expansion: 22.22, champion: 16.67, timing: 16.67 };
  return {
    kind: 'replayed',
    today: { threshold: 80, weights },
    tuned: { threshold: 57.5, weights: tuned },
    replay: {
      ...replay,
      picturesFrom: NOW,
      unknown: 1_234,
      atStart: 123,
      missed: { ...replay.missed, examples: Array.from({ length: 5 }, () => example) },
      added: { alerts: 12_345, share: 0.000123 },
    },
  };
}

/** As long as a filter can be. */
function filterOf(typed: string): ListFilter {
  const term = { words: Array.from({ length: 8 }, () => typed), plan: 'pro', feature: 'uses_auth' };
  return {
    text: typed.slice(0, 100),
    late: true,
    least: 1,
    most: 10_000_000,
    terms: Array.from({ length: 6 }, () => term),
  };
}

const firstPageOf = (typed: string): ListPage => ({
  kind: 'hot',
  offset: 0,
  messageId: null,
  filter: filterOf(typed),
});

const companiesOf = (
  alerts: readonly AlertPicture[],
  unknown: readonly string[],
  more: number,
) => ({
  found: alerts.map((picture, at) => ({
    account: picture.account,
    current: at % 2 === 0 ? picture : null,
  })),
  unknown,
  more,
  limited: more > 0,
});

export function everyView(picture: AlertPicture): [string, ModalView][] {
  const found = { account: picture.account, current: picture };
  const typed = picture.alert.contactNote ?? picture.account.name;
  return [
    ['look up', lookUpModal()],
    ['look up, no match', lookUpModal(typed, noCompany(typed, false))],
    ['look up, no match within channels', lookUpModal(typed, noCompany(typed, true))],
    ['company', companyModal(found, MARIA)],
    ['answer in a modal', answerModal(foundAnswer(found, MARIA))],
    ['details', detailsModal(picture, MARIA, ALERT_ID)],
    ['contact', contactModal(picture, ALERT_ID)],
    ['hand over', handOverModal(picture, ALERT_ID)],
    ['snooze', snoozeModal(picture, ALERT_ID)],
    ['not a fit', notAFitModal(picture, ALERT_ID, 7_776_000_000)],
    ['outcome', outcomeModal(picture, ALERT_ID)],
    ['note', noteModal(picture, ALERT_ID)],
    ['share', shareModal('C0LEADS', sharedAnswer(found, MARIA, NOW), ALERT_ID)],
    ['direct message', infoModal('Share in channel', cannotShareInDm('C0LEADS', '/lead hot'))],
    ['loading', loadingModal('Lead details')],
    [
      'not saved',
      notSavedModal('Mark contacted', picture.alert.contactNote ?? picture.account.name),
    ],
    ['refused', infoModal('Not changed', refusal({ why: 'over', picture }, NOW).text)],
  ];
}
