import type { KnownBlock } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import type { Digest, DigestChanges } from '../src/core/digest.ts';
import { DIGEST_ROWS } from '../src/core/lookup.ts';
import type { Drawing } from '../src/core/message.ts';
import { alertLine, alertRow } from './alert-row.ts';
import { accountName } from './facts.ts';
import { fateCounts } from './fates.ts';
import { calendarDate, moment, within } from './format.ts';
import { pageButtons } from './list-page.ts';
import { context, dotted, header, lines, message, section } from './parts.ts';
import { currentScore, outcomesLine } from './state.ts';
import { safe } from './text.ts';

/** The day's queue: leads to claim, leads to contact, and what has left the queue since the last digest. */
export function digest(day: Digest, { timeZone }: { timeZone: string }): Drawing {
  const date = calendarDate(day.localDate, { weekday: 'long', day: 'numeric', month: 'long' });
  const title = `Leads for ${date ?? day.localDate}`;
  const { counts } = day;
  if (isEmpty(day)) {
    const { since } = day;
    const quiet =
      since === null ? '' : `, and no change ${moment(since, { timeZone, after: 'since' })}`;
    return message(`${title}: nothing to work on.`, [
      section(`*${title}:* nothing to work on${quiet}.`),
      context(lastWeek(day)),
    ]);
  }
  const toClaim = day.unclaimed.slice(0, MAX_QUEUED);
  const toContact = day.claimed.slice(0, MAX_QUEUED - toClaim.length);
  return message(`${title}: ${summary(day)}`, [
    header(title),
    section(
      [
        sizeOf(counts) === 0
          ? 'Nothing to work on: every hot lead is taken care of.'
          : `*${waiting(counts)}*`,
        `All ${moment(day.asOf, { timeZone, after: 'as of' })}.`,
      ].join('\n'),
    ),
    context(
      [balance(day, timeZone), outcomesLine(day.outcomes) ?? '']
        .filter((line) => line !== '')
        .join('\n'),
    ),
    ...queue('To claim', 'unclaimed', toClaim, day),
    ...queue('To contact', 'claimed', toContact, day),
    ...results('Contacts and outcomes', day.contacted, counts.contacted),
    ...results('Not a fit', day.notAFit, counts.notAFit),
    ...results('Snoozed', day.snoozed, counts.snoozed),
    ...results('Cooled without contact', day.cooled, counts.cooled),
    context(lastWeek(day)),
  ]);
}

const sizeOf = ({ unclaimed, claimed }: Digest['counts']): number => unclaimed + claimed;

const isEmpty = ({ counts, changes }: Digest): boolean =>
  Object.values(counts).every((n) => n === 0) && Object.values(changes).every((n) => !n);

function summary({ counts, unclaimed }: Digest): string {
  if (sizeOf(counts) === 0) return 'nothing to work on.';
  const [top] = unclaimed;
  const score = top === undefined ? null : currentScore(top);
  const first =
    top === undefined
      ? ''
      : ` First: ${safe(accountName(top.account), 80)}${score === null ? '' : ` (${score})`}.`;
  return `${waiting(counts)}.${first}`;
}

const waiting = ({ unclaimed, claimed }: Digest['counts']): string =>
  [
    unclaimed === 0 ? null : `${unclaimed} to claim`,
    claimed === 0 ? null : `${claimed} waiting to be contacted`,
  ]
    .filter((part) => part !== null)
    .join(' · ');

/** How good the alerts were, and what came of every lead that turned hot. */
function lastWeek({ week }: Digest): string | null {
  if (week === null) return null;
  const { alerts, claimed, contacted, notAFit, toClaim, crossings } = week;
  const came = dotted([
    alerts === 1 ? '1 alert' : `${alerts} alerts`,
    `${claimed} claimed${toClaim === null ? '' : `, half ${within(toClaim)}`}`,
    `${contacted} contacted`,
    `${notAFit} not a fit`,
  ]);
  return `*Last 7 days:* ${came}\n${fateCounts(crossings)}`;
}

const CHANGES: readonly (readonly [keyof DigestChanges, sign: '+' | '−', word: string])[] = [
  ['opened', '+', 'new'],
  ['back', '+', 'back'],
  ['contacted', '−', 'contacted'],
  ['notAFit', '−', 'not a fit'],
  ['snoozed', '−', 'snoozed'],
  ['cooled', '−', 'cooled'],
  ['merged', '−', 'merged'],
  ['erased', '−', 'erased'],
];

/** `5 leads as of yesterday at 9:00 + 2 new − 3 contacted = 4`. */
function balance({ changes, counts, since }: Digest, timeZone: string): string {
  const { before } = changes;
  const moved = CHANGES.filter(([kind]) => (changes[kind] ?? 0) > 0);
  if (since === null || before === null) {
    const list = moved.map(([kind, , word]) => `${changes[kind]} ${word}`).join(', ');
    const period = since === null ? 'so far' : moment(since, { timeZone, after: 'since' });
    return `${list === '' ? 'No change' : list} ${period}`;
  }
  if (moved.length === 0) return `No change ${moment(since, { timeZone, after: 'since' })}`;
  return [
    before === 1 ? '1 lead' : `${before} leads`,
    moment(since, { timeZone, after: 'as of' }),
    ...moved.map(([kind, sign, word]) => `${sign} ${changes[kind]} ${word}`),
    `= ${sizeOf(counts)}`,
  ].join(' ');
}

/** What a message has room for. Of a posted digest, claimed rows may have been given back since. */
const MAX_QUEUED = DIGEST_ROWS.unclaimed + DIGEST_ROWS.claimed;

function queue(
  title: string,
  kind: 'unclaimed' | 'claimed',
  shown: readonly AlertPicture[],
  day: Digest,
): (KnownBlock | null)[] {
  const more = Math.max(day.counts[kind], day[kind].length) - shown.length;
  if (shown.length === 0 && more === 0) return [];
  // A posted digest keeps its rows all day, so *Next* lists everything outside of them. A preview is paged by offset.
  const offset = day.id === null ? shown.length : 0;
  return [
    section(`*${title}*`),
    ...shown.flatMap((picture, at) => alertRow(picture, null, `digest:${kind}:${at}`, day.asOf)),
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
