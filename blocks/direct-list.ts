import type { Button, KnownBlock } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import { PAGE_ROWS } from '../src/core/lookup.ts';
import type { DirectList, DirectRow, Drawing } from '../src/core/message.ts';
import type { StepKind } from '../src/core/steps.ts';
import { lineAbout, type RowExtras, rowBlocks, stepLine } from './alert-row.ts';
import { muteMenu } from './direct-settings.ts';
import { accountName } from './facts.ts';
import { moment, timeAgo } from './format.ts';
import { ids } from './ids.ts';
import { newsLines } from './news-words.ts';
import { stillAsks, timesKept, unclaimedSince } from './nudge.ts';
import { bold, button, context, dotted, message, section } from './parts.ts';
import { currentScore, dueLine, firstCall, lowerFirst, outcomeWords, statusLine } from './state.ts';
import { mention, safe } from './text.ts';

type Section = DirectRow['section'];

/** In this order. */
const SECTIONS: readonly (readonly [Section, title: string, hint: string | null])[] = [
  ['warning', 'Going back to everyone soon', '*Keep it* is in Details'],
  ['return', 'Not contacted in time', null],
  ['reminder', 'Waiting to be claimed', null],
  ['escalation', 'Nobody has claimed these', null],
  ['kept-again', 'Kept again without contact', null],
  ['follow-up', 'What came of these?', null],
  ['mine', 'Yours', null],
  ['offers', 'First call', '*Pass* is in Details'],
  ['news', 'What has changed', null],
  ['moved', 'What has changed', null],
];

/** A direct message that lists alerts: several steps at once, or what an AE has to do today. */
export function directList({ kind, to, rows, total }: DirectList): Drawing {
  if (rows.length === 0) {
    const empty = 'Nothing on this list is left to do.';
    return message(empty, [section(empty)]);
  }
  const all = Math.max(total, rows.length);
  const leads = all === 1 ? '1 lead' : `${all} leads`;
  const isAll = (name: Section): boolean => rows.every((row) => row.section === name);
  const title =
    kind === 'morning'
      ? `${leads} for you today`
      : isAll('return')
        ? `${leads} went back to everyone`
        : isAll('news')
          ? `News about ${leads}`
          : `${leads} ${all === 1 ? 'needs' : 'need'} you`;
  const shown = SECTIONS.flatMap(([name]) => rows.filter((row) => row.section === name)).slice(
    0,
    PAGE_ROWS,
  );
  const parts = SECTIONS.map(([name, heading, hint]) => {
    return {
      heading: dotted([bold(heading), hint]),
      rows: shown.filter((r) => r.section === name),
    };
  });
  const more = all - shown.length;
  const [top] = shown;
  return message(`${title}.${top === undefined ? '' : ` First: ${first(top)}.`}`, [
    section(bold(title), muteMenu(kind === 'morning' ? [kind] : rows.map(sortOf))),
    ...parts.flatMap((part) =>
      part.rows.length === 0
        ? []
        : [
            section(part.heading),
            ...part.rows.flatMap((row) => directRow(row, to, `${kind}:${shown.indexOf(row)}`)),
          ],
    ),
    context(more > 0 ? `And ${more} more: ${command(rows)}` : null),
  ]);
}

/** Of a list of steps. */
const sortOf = ({ section: name }: DirectRow) =>
  name === 'mine' || name === 'offers' || name === 'moved' ? 'morning' : name;

function first({ picture }: DirectRow): string {
  const score = currentScore(picture);
  return `${safe(accountName(picture.account), 80)}${score === null ? '' : ` (${score})`}`;
}

/** @param withStep says what to do next, too */
export function directRow(
  row: DirectRow,
  to: string,
  blockId: string,
  { withStep = false, ...extras }: RowExtras & { withStep?: boolean } = {},
): (KnownBlock | null)[] {
  const { picture, news } = row;
  const text = [
    lineAbout(picture, reason(row, to)),
    ...(withStep ? stepLine(picture) : []),
    ...newsLines(news, 4).map((line) => `• ${line}`),
  ].join('\n');
  return rowBlocks(picture, text, press(row, to), blockId, extras);
}

/** Why it is listed, as long as that holds; then how it stands. */
function reason({ section: name, picture }: DirectRow, to: string): string {
  const asked =
    name === 'mine' || name === 'moved'
      ? null
      : name === 'offers'
        ? theirCall(picture, to)
        : stillAsks(name, picture, to)
          ? whatFor(name, picture)
          : null;
  return asked ?? theirs(picture, to) ?? lowerFirst(statusLine(picture));
}

function theirCall({ alert }: AlertPicture, to: string): string | null {
  const offer = firstCall(alert);
  return offer?.holder === to
    ? `you have first call ${moment(offer.until, { after: 'until' })}`
    : null;
}

function whatFor(step: StepKind, picture: AlertPicture): string | null {
  const { owner, keeps } = picture.alert;
  switch (step) {
    case 'reminder':
    case 'escalation':
      return `waiting ${moment(unclaimedSince(picture), { after: 'since' })}`;
    case 'kept-again':
      return `kept ${timesKept(keeps)} by ${mention(owner) ?? 'its owner'}`;
    default:
      return null;
  }
}

/** What its owner has to do. */
function theirs({ alert }: AlertPicture, to: string): string | null {
  const { owner, closedAt, hold, coolingSince, status, outcome, claimedAt, contactedAt } = alert;
  const isQuiet = closedAt !== null || hold !== null || coolingSince !== null;
  if (owner !== to || isQuiet) return null;
  if (status === 'claimed') {
    return dueLine(alert) ?? (claimedAt === null ? null : `claimed ${timeAgo(claimedAt)}`);
  }
  if (status !== 'contacted' || contactedAt === null) return null;
  if (outcome !== null) return outcomeWords(outcome);
  return `contacted ${timeAgo(contactedAt)}, no outcome yet`;
}

/** The one thing to do about it. */
function press({ section: name, picture }: DirectRow, to: string): Button | null {
  const { alert } = picture;
  const { id, status, owner, closedAt, hold, outcome } = alert;
  if (closedAt !== null || hold !== null) return null;
  const first = firstCall(alert);
  if (status === 'open') {
    const may = first === null || first.holder === to || name === 'escalation';
    return may ? button('Claim lead', ids.claim, id) : null;
  }
  if (name === 'kept-again') {
    return stillAsks(name, picture, to) ? button('Hand over', ids.handOver, id) : null;
  }
  if (owner !== to) return null;
  if (status === 'claimed') return button('Mark contacted', ids.contact, id);
  if (status !== 'contacted') return null;
  if (outcome === null && (name === 'follow-up' || name === 'mine')) {
    return button('Outcome', ids.outcome, id);
  }
  // There is something new, or the time has come to try again.
  return name === 'news' || name === 'moved' || name === 'mine'
    ? button('Contacted again', ids.contact, id)
    : null;
}

const FOR_ALL: ReadonlySet<Section> = new Set(['reminder', 'escalation', 'kept-again', 'return']);

/** Where the rest is listed. */
const command = (rows: readonly DirectRow[]): string =>
  rows.every(({ section: name }) => FOR_ALL.has(name)) ? '`/lead hot`' : '`/lead mine`';
