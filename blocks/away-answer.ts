import type { KnownBlock } from '@slack/types';
import type { DenialReason } from '../src/core/access.ts';
import type { Absence, AwayWords } from '../src/core/away.ts';
import type { AlertList } from '../src/core/lookup.ts';
import type { Drawing } from '../src/core/message.ts';
import { alertRow } from './alert-row.ts';
import { cannotHave } from './cannot-have.ts';
import { weekdayMoment } from './format.ts';
import { ids } from './ids.ts';
import { pageValue } from './list-page.ts';
import { bold, button, context, dotted, lines, message, section } from './parts.ts';
import { mention, safe } from './text.ts';

/** Rows of each list below. */
export const AWAY_ROWS = 5;

/** Why an absence was not noted. */
export type AwayRefusal =
  | Exclude<AwayWords, { kind: 'away' }>
  | { kind: 'cover-oneself' }
  | { kind: 'cover-denied'; cover: string; why: DenialReason }
  | { kind: 'cover-away'; cover: string; until: Date };

const forms = (): KnownBlock[] =>
  lines([
    '• `/lead away until Monday`, `until tomorrow`, `until Dec 3`, `until YYYY-MM-DD`',
    '• `/lead away today`, `/lead away for 3 days`, `/lead away for 2 weeks`',
    '• `/lead away until Monday cover @ben`: new leads of your accounts go to Ben first',
    '• `/lead back` when you are back',
  ]);

/** Whether the user is away, and what they can say about it. */
export function awayStatus(absence: Absence | null, timeZone: string): Drawing {
  const text = absence === null ? "You aren't away." : awaySentence(absence, timeZone);
  return message(text, [section(text), ...forms()]);
}

/** The same in one block, with a button for whoever is away. */
export const awayBlock = (absence: Absence | null, timeZone: string): KnownBlock | null =>
  absence === null
    ? section("You aren't away. Before you leave, type for example `/lead away until Monday`.")
    : section(awaySentence(absence, timeZone), button("I'm back", ids.back, 'now'));

/** Confirms an absence, and shows what of the user's can't go to anyone else by itself. */
export function awaySet(absence: Absence, mine: AlertList, timeZone: string): Drawing {
  const text = awaySentence(absence, timeZone);
  return message(text, [
    section(text),
    ...ofTheirs(mine, absence.person, 'You still have first call', 'Still yours', {
      offered: '*Pass* is in Details',
      owned: '*Hand over* is in Details',
    }),
    context('`/lead back` ends this sooner.'),
  ]);
}

/** What a user who is back needs to know. `absence` is null if they weren't away. */
export function welcomeBack(
  absence: Absence | null,
  user: string,
  mine: AlertList,
  covered: AlertList,
): Drawing {
  const text =
    absence === null
      ? "You aren't away: new leads can go to you first."
      : 'Welcome back. New leads can go to you first again.';
  const nothing = mine.alerts.length + covered.alerts.length === 0;
  return message(text, [
    section(text),
    ...ofTheirs(mine, user, 'You have first call', 'Yours'),
    ...listed(covered, user, 'Went to your cover while you were away', { firstRow: AWAY_ROWS }),
    andMore(covered),
    context(nothing ? 'No leads are waiting for you. `/lead hot` shows what is free.' : null),
  ]);
}

/** Says why nothing was changed, and what to type instead. */
export function awayRefused(refused: AwayRefusal, timeZone: string): Drawing {
  const text = whyRefused(refused, timeZone);
  const isUnreadable = refused.kind === 'unreadable';
  return message(text, [
    section(text),
    ...(isUnreadable ? forms() : []),
    context(isUnreadable ? 'To look up a company called Away: `/lead company Away`.' : null),
  ]);
}

function whyRefused(refused: AwayRefusal, timeZone: string): string {
  switch (refused.kind) {
    case 'unreadable':
      return refused.asked === ''
        ? "Say until when you're away:"
        : `I couldn't read “${safe(refused.asked, 100)}” as a time. What I can read:`;
    case 'past':
      return 'That date is in the past. Choose a later one. If you mean next year, add the year.';
    case 'too-far':
      return 'That is more than a year away. Choose an earlier date.';
    case 'unknown-cover':
      return refused.asked === ''
        ? 'Say who covers for you: type @ after `cover`, and pick the name from the list.'
        : `I can't tell who “${safe(refused.asked, 80)}” is. Type @ after \`cover\`, and pick the name from the list.`;
    case 'cover-oneself':
      return "You can't cover for yourself. Choose someone else, or leave out `cover`.";
    case 'cover-denied':
      return refused.why === 'unchecked'
        ? 'Slack didn’t confirm in time that they can cover for you, so nothing was changed. Try again in a minute.'
        : `${nameOf(refused.cover)} can’t cover for you. ${cannotHave(refused.why)}`;
    case 'cover-away':
      return `${nameOf(refused.cover)} is away too, until ${weekdayMoment(refused.until, timeZone)}. Choose someone else, or leave out \`cover\`.`;
  }
}

function awaySentence({ until, cover }: Absence, timeZone: string): string {
  const away = `You're away until ${weekdayMoment(until, timeZone)}. No new leads go to you first.`;
  return cover === null
    ? away
    : `${away} ${nameOf(cover)} covers for you: those of your accounts go to them first.`;
}

const nameOf = (user: string): string => mention(user) ?? 'That person';

/** The leads of `/lead mine`, which begins with those that are only offered to the user. */
function ofTheirs(
  mine: AlertList,
  user: string,
  firstCall: string,
  yours: string,
  hints: { offered: string | null; owned: string | null } = { offered: null, owned: null },
): (KnownBlock | null)[] {
  const shown = mine.alerts.slice(0, AWAY_ROWS);
  const offered = shown.filter(({ alert }) => alert.status === 'open');
  const owned = shown.filter(({ alert }) => alert.status !== 'open');
  const total = mine.total - offered.length;
  return [
    ...listed({ alerts: offered, total: offered.length }, user, firstCall, { hint: hints.offered }),
    ...listed({ alerts: owned, total }, user, yours, {
      hint: hints.owned,
      firstRow: offered.length,
    }),
    andMore(mine, ' `/lead mine` shows all.'),
  ];
}

function andMore({ alerts, total }: AlertList, whereAll = ''): KnownBlock | null {
  const more = total - Math.min(alerts.length, AWAY_ROWS);
  return context(more > 0 ? `And ${more} more.${whereAll}` : null);
}

/** The first rows of a list under a heading; nothing if it is empty. */
function listed(
  { alerts, total }: AlertList,
  viewer: string,
  title: string,
  { hint = null, firstRow = 0 }: { hint?: string | null; firstRow?: number } = {},
): (KnownBlock | null)[] {
  if (alerts.length === 0) return [];
  const shown = alerts.slice(0, AWAY_ROWS);
  // Rows of `/lead mine`, which takes the place of this answer when a button changes a lead.
  const page = pageValue({ kind: 'mine', offset: 0, messageId: null });
  return [
    section(dotted([bold(`${title}: ${total === 1 ? '1 lead' : `${total} leads`}`), hint])),
    ...shown.flatMap((picture, at) => alertRow(picture, viewer, `${page}/${firstRow + at}`)),
  ];
}
