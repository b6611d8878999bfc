import { gapToHot, HOT_FLOOR } from '../core/score.ts';
import type { Trace, TracedAlert, TraceEntry } from '../core/trace.ts';
import type { Why } from '../core/why.ts';
import {
  inWords,
  type Moments,
  plain,
  span,
  waitingInWords,
  waitingWebhookInWords,
} from './words.ts';

/** Widths of columns: the time since the line above, and the bot at most. */
const SINCE = 13;
const BOT = 45;

/** The life of a company's leads as lines of plain text, one an entry. `why`: how they stand now; null if unknown. */
export function* story(trace: Trace, why: Why | null, timeZone: string): Generator<string> {
  const { accountKey, asked, alerts, entries } = trace;
  const moments = momentsIn(timeZone);
  const who = asked.length === 0 ? '' : `, ${asked.map((id) => `developer ${id}`).join(' and ')}`;
  yield `${plain(accountKey)}${who}: ${alertCount(trace)}`;
  yield `Times are of ${timeZone}. Developers are named by the beginning of their developer_id.`;
  if (trace.watchingSince !== null) {
    yield `The bot has watched since ${moments.whole(trace.watchingSince)}.`;
  }
  yield '';
  for (const [n, alert] of alerts.entries()) yield alertLine(alert, n, moments);
  if (alerts.length > 0) yield '';

  if (trace.more) yield 'There are earlier entries: --days limits what is shown.';
  const botWidth = Math.min(BOT, Math.max(0, ...entries.map((entry) => botOf(entry).length)));
  let last: TraceEntry | null = null;
  for (const entry of entries) {
    const day = moments.day(entry.at);
    if (last === null || moments.day(last.at) !== day) yield day;
    yield line(entry, last, botWidth);
    last = entry;
  }
  const facts = [
    ...trace.waiting.map((message) => `Now: ${waitingInWords(message, moments)}.`),
    ...trace.webhooks.map((webhook) => `Now: ${waitingWebhookInWords(webhook, moments)}.`),
    ...standing(trace, why),
  ];
  if (entries.length > 0 && facts.length > 0) yield '';
  yield* facts;

  function line(entry: TraceEntry, before: TraceEntry | null, botWidth: number): string {
    const since = before === null ? '' : `+${span(entry.at.getTime() - before.at.getTime())}`;
    const n = alerts.findIndex(({ id }) => id === entry.alertId);
    const which = alerts.length > 1 && n >= 0 ? `#${n + 1} ` : '';
    const columns = `${moments.time(entry.at)}  ${since.padEnd(SINCE)}${botOf(entry).padEnd(botWidth)}`;
    return `  ${columns}  ${which}${inWords(entry, trace, moments)}`;
  }
}

/** A score is written by the pipeline, and a message queued by whatever happened just before. */
function botOf(entry: TraceEntry): string {
  if (entry.kind === 'crossing' || entry.kind === 'queued') return '';
  return entry.bot === null ? 'unknown bot' : plain(entry.bot);
}

function alertCount({ alerts, olderAlerts }: Trace): string {
  const shown = alerts.length === 1 ? '1 alert' : `${alerts.length || 'no'} alerts`;
  if (olderAlerts === 0) return shown;
  return `${shown}, and ${olderAlerts >= 95 ? 'at least ' : ''}${olderAlerts} older`;
}

function alertLine(alert: TracedAlert, n: number, { whole }: Moments): string {
  const facts = [
    alert.closedAt === null ? alert.status : `${alert.status}, closed ${whole(alert.closedAt)}`,
    ...(alert.owner === null ? [] : [`owner ${alert.owner}`]),
    ...(alert.hold === null || alert.holdUntil === null
      ? []
      : [`${alert.hold} until ${whole(alert.holdUntil)}`]),
    ...(alert.dueAt === null ? [] : [`due ${whole(alert.dueAt)}`]),
    ...(alert.coolingSince === null
      ? []
      : [`no lead of it hot since ${whole(alert.coolingSince)}`]),
    ...(alert.mergedInto === null ? [] : [`merged into ${alert.mergedInto}`]),
    ...(alert.channel === null ? [] : [`alert_channel ${alert.channel}`]),
    ...(alert.channelUnfit === null
      ? []
      : [`alert_channel ${JSON.stringify(alert.channelUnfit)} can't be used`]),
    ...(alert.scrubbedAt === null
      ? []
      : [`its personal data was removed ${whole(alert.scrubbedAt)}`]),
  ];
  return plain(`#${n + 1} ${alert.id}, opened ${whole(alert.openedAt)}: ${facts.join('; ')}`);
}

/** Why there is no alert, as far as the rows of now say. */
function standing({ alerts, entries, asked }: Trace, why: Why | null): string[] {
  if (alerts.some(({ closedAt }) => closedAt === null)) return [];
  const lines: string[] = [];
  if (why !== null) {
    const { account, setAside, waiting, hidden, hasTrigger } = why;
    const [best] = account.leads;
    if (setAside.length > 0) {
      const fields = [...new Set(setAside.flatMap(({ fields: one }) => one))];
      lines.push(
        `Now: ${leads(setAside.length, 'hot lead')} set aside: the row of lead_dashboard can't be used (${plain(fields.join(', '))}).`,
      );
    }
    if (waiting.length > 0) {
      lines.push(`Now: ${leads(waiting.length, 'hot lead')} in no alert: the next poll decides.`);
    }
    if (hidden.length > 0) {
      const hot = hidden.filter(({ isHot }) => isHot).length;
      lines.push(
        `Now: ${leads(hidden.length, 'developer')} not in lead_dashboard${hot === 0 ? '' : `, ${hot} of them hot`}.`,
      );
    }
    if (account.key.startsWith('lead:')) {
      lines.push('Now: no company is known, so there is no card, hot or not.');
    } else if (best !== undefined && best.tier !== 'hot') {
      lines.push(`Now: not hot. ${gap(best)}`);
    }
    if (!hasTrigger) {
      lines.push(
        'The trigger on lead_scores is missing: the times of scores are those of sweeps, and what was hot only briefly is not known.',
      );
    }
  }
  if (entries.length === 0) {
    lines.push(
      `Nothing has happened: ${asked.length === 0 ? 'no lead of it' : 'this lead'} has turned hot, as far as the rows go.`,
    );
  }
  return lines;
}

const leads = (n: number, noun: string): string => (n === 1 ? `1 ${noun} is` : `${n} ${noun}s are`);

function gap({ components, totalScore }: Why['account']['leads'][number]): string {
  if (totalScore === null) return 'The best lead has no score.';
  const points = components === null ? HOT_FLOOR - totalScore : gapToHot(components).points;
  return `The best lead has ${totalScore} points${points > 0 ? `, ${points} below hot` : ''}.`;
}

/** Times of a zone, with milliseconds. */
function momentsIn(timeZone: string): Moments {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  // A zone's offset is whole seconds.
  const milliseconds = (at: Date) => String(at.getUTCMilliseconds()).padStart(3, '0');
  return {
    day: (at) => format.format(at).slice(0, 10),
    time: (at) => `${format.format(at).slice(11)}.${milliseconds(at)}`,
    whole: (at) => format.format(at),
  };
}
