import type { KnownBlock } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import type { Digest } from '../src/core/digest.ts';
import { DIGEST_ROWS } from '../src/core/lookup.ts';
import type { Drawing } from '../src/core/message.ts';
import { alertLine, alertRow } from './alert-row.ts';
import { accountName } from './facts.ts';
import { calendarDate, moment } from './format.ts';
import { pageButtons } from './list-page.ts';
import { context, header, lines, message, section } from './parts.ts';
import { currentScore } from './state.ts';
import { safe } from './text.ts';

/** The day's queue: leads to claim, leads to contact, and how the others ended. */
export function digest(day: Digest, { timeZone }: { timeZone: string }): Drawing {
  const date = calendarDate(day.localDate, { weekday: 'long', day: 'numeric', month: 'long' });
  const title = `Leads for ${date ?? day.localDate}`;
  const { counts } = day;
  return message(`${title}: ${summary(day)}`, [
    header(title),
    section(counts.unclaimed + counts.claimed === 0 ? nothingToDo(day) : null),
    context(changes(day, timeZone)),
    ...queue('To claim', 'unclaimed', day),
    ...queue('To contact', 'claimed', day),
    ...results('Contacted', day.contacted, counts.contacted),
    ...results('Cooled without contact', day.cooled, counts.cooled),
  ]);
}

function summary({ counts, unclaimed }: Digest): string {
  if (counts.unclaimed + counts.claimed === 0) return 'nothing to work on.';
  const [top] = unclaimed;
  const score = top === undefined ? null : currentScore(top);
  const first =
    top === undefined
      ? ''
      : ` First: ${safe(accountName(top.account), 80)}${score === null ? '' : ` (${score})`}.`;
  return `${waiting(counts)}.${first}`;
}

const waiting = ({ unclaimed, claimed }: Digest['counts']): string =>
  `${unclaimed} to claim, ${claimed} waiting to be contacted`;

function nothingToDo({ counts }: Digest): string {
  return counts.contacted + counts.cooled + counts.opened === 0
    ? 'Nothing to work on: no leads are hot, and nothing has changed.'
    : 'Nothing to work on: every hot lead is taken care of.';
}

/** Counts are frozen at `madeAt`; rows are current. */
function changes({ counts, since, madeAt }: Digest, timeZone: string): string {
  const past = `${counts.opened} new, ${counts.contacted} contacted, ${counts.cooled} cooled`;
  return `${moment(madeAt, { timeZone })}: ${waiting(counts)} · ${past} ${since === null ? 'so far' : moment(since, { timeZone, after: 'since' })}`;
}

function queue(title: string, kind: 'unclaimed' | 'claimed', day: Digest): (KnownBlock | null)[] {
  const alerts = day[kind];
  if (alerts.length === 0) return [];
  const shown = alerts.slice(0, DIGEST_ROWS[kind]);
  const more = Math.max(day.counts[kind], alerts.length) - shown.length;
  // A posted digest keeps its rows all day, so *Next* lists everything outside of them. A preview is paged by offset.
  const offset = day.id === null ? shown.length : 0;
  return [
    section(`*${title}*`),
    ...shown.flatMap((picture, at) => alertRow(picture, null, `digest:${kind}:${at}`)),
    context(more > 0 ? `+${more} more` : null),
    pageButtons({ kind, offset, messageId: day.id }, { next: more, back: false }),
  ];
}

function results(title: string, alerts: readonly AlertPicture[], total: number): KnownBlock[] {
  if (alerts.length === 0) return [];
  const shown = alerts.slice(0, DIGEST_ROWS.done);
  const more = Math.max(total, alerts.length) - shown.length;
  return lines([
    `*${title}*`,
    ...shown.map((picture) => alertLine(picture)),
    ...(more > 0 ? [`+${more} more`] : []),
  ]);
}
