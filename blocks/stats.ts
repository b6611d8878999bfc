import type { KnownBlock } from '@slack/types';
import { NOT_A_FIT_REASONS } from '../src/core/alert.ts';
import type { Drawing, NewBlock } from '../src/core/message.ts';
import { type InTime, STATS_DAYS, type Stats, type Tally, type Times } from '../src/core/stats.ts';
import { channelLink, isChannel } from './channels-note.ts';
import { fateCounts } from './fates.ts';
import { humanize, took, within } from './format.ts';
import { bold, context, dotted, header, labeledLine, lines, message, section } from './parts.ts';
import { lowerFirst, outcomeCounts, REASONS } from './state.ts';
import { clean, clip, mention, safe } from './text.ts';

/**
 * What came of the alerts of some days, in words, and with charts and a table where Slack takes them.
 * @param only the user whose own numbers are shown; null for everyone's
 */
export function stats(report: Stats, days: number, only: string | null): Drawing {
  const title = `Alerts of the last ${days} days`;
  const { all, crossings } = report;
  const accounted = fateCounts(crossings);
  if (all.alerts === 0) {
    const text = `${title}: none. ${accounted}`;
    return message(text, [section(`*${title}:* none.`), context(accounted)]);
  }
  const people = report.byPerson
    .filter(({ user }) => only === null || user === only)
    .slice(0, MOST_PEOPLE);
  const shown = { ...report, byPerson: people };
  const summary = [
    counted(all),
    ...timeLines(all),
    labeledLine('Outcomes', outcomes(all)),
    labeledLine('Not a fit', reasons(report)),
  ].filter((line) => line !== null);
  const details = [
    list('Not a fit, by what spoke for them', report.bySignal.map(signalLine)),
    list('Not a fit, by score', report.byScore.map(scoreLine)),
    list(only === null ? 'By AE' : 'Your own', people.map(personLine)),
    list('By channel', report.byChannel.map(channelLine)),
  ].filter((part) => part !== null);
  const top = [header(title), ...lines(summary)];
  const bottom = message('', [context(`${accounted}\n${HOW_COUNTED}`)]).blocks;
  const drawing = message([title, ...summary, ...details, accounted].join('\n'), [
    ...top,
    // Twenty AEs may not fit into one section.
    ...details.flatMap((part) => lines(part.split('\n'))),
    ...bottom,
  ]);
  return { ...drawing, rich: [...message('', top).blocks, ...pictures(shown), ...bottom] };
}

/** Shown instead of a period that it doesn't know. */
export function statsHelp(): Drawing {
  const forms = STATS_DAYS.map((days) => `\`/lead stats ${days}d\``).join(', ');
  const text = `Stats cover 7, 30 or 90 days: ${forms}.`;
  return message(text, [section(text)]);
}

const MOST_PEOPLE = 20;

const HOW_COUNTED =
  'Alerts that were opened in these days. Each counts for the AE who has it, or had it last. Times include nights and weekends.';

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const percent = (part: number, of: number): string =>
  of === 0 ? '' : ` (${Math.round((100 * part) / of)}%)`;

const list = (title: string, rows: readonly string[]): string | null =>
  rows.length === 0 ? null : [bold(title), ...rows].join('\n');

const counted = ({ alerts, claimed, contacted, notAFit }: Tally): string =>
  [
    `*${plural(alerts, 'alert')}*`,
    `${claimed} claimed${percent(claimed, alerts)}`,
    `${contacted} contacted${percent(contacted, alerts)}`,
    `${notAFit} not a fit${percent(notAFit, alerts)}`,
  ].join(' · ');

const timeLines = ({ toClaim, toContact, claimedInTime, contactedInTime }: Tally) => [
  labeledLine('Time to claim', dotted([times(toClaim), timely(claimedInTime)])),
  labeledLine('From claim to contact', dotted([times(toContact), timely(contactedInTime)])),
];

const times = ({ median, p90 }: Times): string | null =>
  median === null || p90 === null ? null : `half ${within(median)}, nine in ten ${within(p90)}`;

const timely = (share: InTime | null): string | null =>
  share === null
    ? null
    : `${share.inTime} of ${share.of} in time${percent(share.inTime, share.of)}`;

const outcomes = (tally: Tally): string | null => dotted(outcomeCounts(tally.outcomes));

const reasons = ({ reasons: counts }: Stats): string | null =>
  dotted(
    NOT_A_FIT_REASONS.map((kind) =>
      counts[kind] ? `${counts[kind]} ${lowerFirst(REASONS[kind])}` : null,
    ),
  );

const signalName = (signal: string): string => humanize(clean(signal)) || 'Other';

const scoreName = (from: number): string => `${from}–${from >= 95 ? 100 : from + 4}`;

const signalLine = ({ signal, alerts, notAFit }: Stats['bySignal'][number]): string =>
  `${safe(signalName(signal), 40)}: ${notAFit} of ${alerts}${percent(notAFit, alerts)}`;

const scoreLine = ({ from, alerts, notAFit }: Stats['byScore'][number]): string =>
  `${scoreName(from)}: ${notAFit} of ${alerts}${percent(notAFit, alerts)}`;

const personLine = ({ user, tally }: Stats['byPerson'][number]): string =>
  `${mention(user) ?? 'An AE'}: ${dotted([
    plural(tally.alerts, 'alert'),
    `${tally.contacted} contacted${percent(tally.contacted, tally.alerts)}`,
    tally.toClaim.median === null ? null : `${took(tally.toClaim.median)} to claim`,
    tally.toContact.median === null ? null : `${took(tally.toContact.median)} to contact`,
    outcomes(tally),
    tally.notAFit === 0 ? null : `${tally.notAFit} not a fit`,
  ])}`;

const channelLine = ({ channel, tally }: Stats['byChannel'][number]): string =>
  `${channelLink(channel)}: ${dotted([
    plural(tally.alerts, 'alert'),
    `${tally.claimed} claimed${percent(tally.claimed, tally.alerts)}`,
    `${tally.contacted} contacted${percent(tally.contacted, tally.alerts)}`,
    `${tally.notAFit} not a fit${percent(tally.notAFit, tally.alerts)}`,
  ])}`;

/** At most two charts and one table a message. */
function pictures(report: Stats): (KnownBlock | NewBlock)[] {
  return [
    chart(
      'Alerts, and those not a fit, by signal',
      report.bySignal.map(({ signal, ...rest }) => ({ name: signalName(signal), ...rest })),
    ),
    chart(
      'Alerts, and those not a fit, by score',
      report.byScore.map(({ from, ...rest }) => ({ name: scoreName(from), ...rest })),
    ),
    table(report),
  ].filter((block) => block !== null);
}

const MAX_CATEGORIES = 12;
const MAX_LABEL = 20;

function chart(
  title: string,
  bars: readonly { name: string; alerts: number; notAFit: number }[],
): NewBlock | null {
  if (bars.length === 0) return null;
  const shown = bars.slice(0, MAX_CATEGORIES);
  const labels = shown.map(({ name }, place) => {
    const label = clip(name, MAX_LABEL);
    const isTaken = shown.slice(0, place).some((other) => clip(other.name, MAX_LABEL) === label);
    return isTaken ? `${clip(name, MAX_LABEL - 3)} ${place + 1}` : label;
  });
  const series = (name: string, value: (bar: (typeof shown)[number]) => number) => ({
    name,
    data: shown.map((bar, place) => ({ label: labels[place], value: value(bar) })),
  });
  return {
    type: 'data_visualization',
    title,
    chart: {
      type: 'bar',
      series: [
        series('Alerts', ({ alerts }) => alerts),
        series('Not a fit', ({ notAFit }) => notAFit),
      ],
      axis_config: { categories: labels },
    },
  };
}

const COLUMNS = [
  'Who or where',
  'Alerts',
  'Claimed',
  'Contacted',
  'To claim',
  'To contact',
  'Meetings',
  'Won',
  'Not a fit',
] as const;

const text = (words: string) => ({ type: 'raw_text', text: words });
const number = (value: number) => ({ type: 'raw_number', value, text: String(value) });
const time = ({ median }: Times) => text(median === null ? '–' : took(median));
/** Slack draws the name. In a table, nobody is notified. */
const named = (element: object) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [element] }],
});
const person = (user: string) =>
  mention(user) === null ? text('An AE') : named({ type: 'user', user_id: user });
const place = (channel: string) =>
  isChannel(channel) ? named({ type: 'channel', channel_id: channel }) : text('A channel');

function table({ all, byPerson, byChannel }: Stats): NewBlock {
  const row = (first: object, tally: Tally) => [
    first,
    number(tally.alerts),
    number(tally.claimed),
    number(tally.contacted),
    time(tally.toClaim),
    time(tally.toContact),
    number(tally.outcomes.meeting ?? 0),
    number(tally.outcomes.won ?? 0),
    number(tally.notAFit),
  ];
  return {
    type: 'data_table',
    caption: 'By AE and channel, with median times',
    page_size: 10,
    row_header_column_index: 0,
    rows: [
      COLUMNS.map(text),
      row(text('All'), all),
      ...byPerson.map(({ user, tally }) => row(person(user), tally)),
      ...byChannel.map(({ channel, tally }) => row(place(channel), tally)),
    ],
  };
}
