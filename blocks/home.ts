import type { KnownBlock } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import { HOME_ROWS, type Home, type HomeRows } from '../src/core/home.ts';
import type { AlertList } from '../src/core/lookup.ts';
import type { Drawing } from '../src/core/message.ts';
import type { MyNumbers } from '../src/core/stats.ts';
import { TO_CONTACT, TO_FOLLOW_UP, TO_TRY_AGAIN } from './alert-list.ts';
import { alertRow } from './alert-row.ts';
import { awayBlock } from './away-answer.ts';
import { channelList } from './channels-note.ts';
import { directRow } from './direct-list.ts';
import { settingRows } from './direct-settings.ts';
import { took } from './format.ts';
import { gestureDone } from './gesture-done.ts';
import { homePageButtons } from './home-pages.ts';
import { ids } from './ids.ts';
import { moreMenu } from './lead-card.ts';
import { button, context, dotted, header, homeTab, section } from './parts.ts';
import { dueLine, firstCall, outcomesLine } from './state.ts';

const TITLE = 'Your leads';

/** What an AE has to do, can claim, and has chosen, on the Home tab. */
export function home(shown: Home): Drawing {
  const { user, rows, muted, isManager, absence, deadlines, timeZone, channels } = shown;
  return homeTab(TITLE, [
    ...doneBlocks(shown),
    ...mineBlocks(rows, user),
    ...offerBlocks(rows.offers, user),
    ...movedBlocks(rows.moved, user),
    ...unclaimedBlocks(rows, user),
    context(channels === null ? null : `Only companies with cards in ${channelList(channels)}.`),
    ...numberBlocks(rows.numbers),
    header('Your settings'),
    awayBlock(absence, timeZone),
    ...settingRows(muted, isManager, deadlines),
  ]);
}

/** The Home tab of someone who hasn't opened it for long. */
export const idleHome = (): Drawing =>
  homeTab(TITLE, [section('Open this tab again to see your leads.')]);

function doneBlocks({ user, rows, awayUntil, deadlines }: Home): KnownBlock[] {
  const { done, readAt } = rows;
  const undo = done?.alert.undo ?? null;
  if (done === null || undo?.actor !== user) return [];
  return gestureDone(done, undo, readAt, { awayUntil, contactWithinMs: deadlines.contactMs })
    .blocks;
}

function mineBlocks(rows: HomeRows, user: string): (KnownBlock | null)[] {
  const { mine, pages, readAt } = rows;
  if (mine.total === 0) return [header(TITLE), section(nothingYet(rows))];
  const parts = mine.alerts.map((picture, at) => ({ picture, at, part: partOf(picture, readAt) }));
  const shown = PARTS.flatMap((part) => parts.filter((one) => one.part === part));
  return [
    heading('Yours', mine, pages.mine),
    ...shown.flatMap(({ picture, at, part }, place) => [
      part === shown[place - 1]?.part ? null : context(`*${part}*`),
      ...mineRow(picture, user, at),
    ]),
    homePageButtons(pages, 'mine', mine.total),
  ];
}

const LATE = 'Late';
const PARTS = [LATE, TO_CONTACT, TO_TRY_AGAIN, TO_FOLLOW_UP];

function partOf({ alert }: AlertPicture, now: Date): string {
  const isLate = alert.dueAt !== null && alert.dueAt <= now && dueLine(alert) !== null;
  if (isLate) return LATE;
  if (alert.status !== 'contacted') return TO_CONTACT;
  return alert.outcome === null ? TO_FOLLOW_UP : TO_TRY_AGAIN;
}

function mineRow(picture: AlertPicture, user: string, at: number): (KnownBlock | null)[] {
  const { alert } = picture;
  const isLive = alert.closedAt === null && alert.hold === null;
  return directRow({ section: 'mine', picture, news: [] }, user, `home-mine/${at}`, {
    withStep: true,
    menu: isLive ? moreMenu(picture) : null,
  });
}

/** What someone without leads of their own reads first. */
function nothingYet({ offers, unclaimed, moved, numbers }: HomeRows): string {
  if (offers.total > 0)
    return 'Nothing is yours yet. Start with the leads below that wait for you.';
  const isNew = numbers.claimed === 0 && numbers.contacted === 0 && moved.total === 0;
  const none = isNew ? 'You have no leads yet.' : 'You have no leads to work on.';
  if (unclaimed.total > 0) {
    return `${none} Claim one below, and it moves up here.`;
  }
  return `${none} When a company turns hot, you can claim it here or on its card.`;
}

function offerBlocks(offers: AlertList, user: string): (KnownBlock | null)[] {
  if (offers.alerts.length === 0) return [];
  return [
    header('First call'),
    ...offers.alerts.slice(0, HOME_ROWS.offers).flatMap((picture, at) => {
      const { id } = picture.alert;
      const isTheirs = firstCall(picture.alert)?.holder === user;
      return directRow({ section: 'offers', picture, news: [] }, user, `home-offers/${at}`, {
        second: isTheirs ? button('Pass', ids.pass, id) : null,
      });
    }),
    andMore(offers.total - HOME_ROWS.offers),
  ];
}

function movedBlocks({ rows, total }: HomeRows['moved'], user: string): (KnownBlock | null)[] {
  if (rows.length === 0) return [];
  return [
    header('What has changed'),
    ...rows
      .slice(0, HOME_ROWS.moved)
      .flatMap((row, at) => directRow({ section: 'moved', ...row }, user, `home-moved/${at}`)),
    andMore(total - HOME_ROWS.moved),
  ];
}

function unclaimedBlocks({ unclaimed, pages }: HomeRows, user: string): (KnownBlock | null)[] {
  const { alerts, total } = unclaimed;
  if (total === 0) return [header('To claim'), context('No lead is free right now.')];
  return [
    heading('To claim', unclaimed, pages.unclaimed),
    ...alerts
      .slice(0, HOME_ROWS.unclaimed)
      .flatMap((picture, at) => alertRow(picture, user, `home-unclaimed/${at}`)),
    homePageButtons(pages, 'unclaimed', total),
  ];
}

const andMore = (more: number): KnownBlock | null =>
  context(more > 0 ? `And ${more} more: \`/lead mine\`` : null);

/** `To claim: 23 leads`, and which of them are on this page. */
function heading(title: string, { alerts, total }: AlertList, offset: number): KnownBlock {
  const all = `${title}: ${total === 1 ? '1 lead' : `${total} leads`}`;
  const isPart = alerts.length > 0 && total > alerts.length;
  return header(isPart ? `${all} · ${offset + 1} to ${offset + alerts.length}` : all);
}

/** Nothing for someone who hasn't done anything yet. */
function numberBlocks(numbers: MyNumbers): (KnownBlock | null)[] {
  const { claimed, contacted, toClaim, toContact, outcomes } = numbers;
  const came = outcomesLine(outcomes);
  if (claimed === 0 && contacted === 0 && came === null) return [];
  const times = [
    toClaim === null ? null : `${took(toClaim)} to claim`,
    toContact === null ? null : `${took(toContact)} to contact`,
  ].filter((time) => time !== null);
  const did = dotted([
    `${claimed} claimed`,
    `${contacted} contacted`,
    times.length === 0 ? null : `median ${times.join(', ')}`,
  ]);
  return [header('Your last 30 days'), section([did, came].filter(Boolean).join('\n'))];
}
