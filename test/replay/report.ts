import { wallOf } from './calendar.ts';
import { ON_DUTY, type Person, TIME_ZONE } from './people.ts';
import type { Evidence } from './replay.ts';
import type { Verdict } from './verdicts.ts';

/** Of the bot's own accord, because something waits. */
const REMINDERS = new Set([
  'reminder',
  'escalation',
  'warning',
  'warned',
  'kept-again',
  'follow-up',
  'due',
]);

interface Cell {
  mentions: number;
  dms: number;
  reminders: number;
}

/** A table per AE and day, what the bot and its users did, and the verdicts. */
export function report(evidence: Evidence, verdicts: readonly Verdict[]): string {
  const { answers, calls, complaints, polls, updates } = evidence;
  const lines = verdicts.flatMap(({ goal, holds, figures, examples }) => [
    `${holds ? 'holds ' : 'FAILS '} ${goal}: ${figures}`,
    ...examples.map((one) => `         ${one}`),
  ]);
  const total = [...calls.values()].reduce((sum, one) => sum + one, 0);
  return [
    '',
    `Per day the new cards in the channel, and per person mentions·direct messages·reminders among them (${ON_DUTY}: a group):`,
    ...table(evidence),
    '',
    `${polls} polls, ${total} calls of the database (${listed(calls)}), ${updates} updates in Slack.`,
    `Gestures: ${listed(answers)}.`,
    ...(complaints.size === 0 ? [] : [`The bot complained: ${listed(complaints)}.`]),
    '',
    ...lines,
  ].join('\n');
}

function table({ posts, people, startsAt, endsAt }: Evidence): string[] {
  const users = [...people.map(({ user }) => user), ON_DUTY];
  const zoneOf = (user: string): string =>
    people.find((one: Person) => one.user === user)?.timeZone ?? TIME_ZONE;
  const cards = new Map<string, number>();
  const cells = new Map<string, Cell>();
  for (const { at, kind, sort, reader, mentions } of posts) {
    if (kind === 'card' || kind === 'rollup') {
      const { date } = wallOf(at, TIME_ZONE);
      cards.set(date, (cards.get(date) ?? 0) + 1);
    }
    for (const user of reader !== null ? [reader] : kind === 'notice' ? mentions : []) {
      const key = `${user} ${wallOf(at, zoneOf(user)).date}`;
      const cell = cells.get(key) ?? { mentions: 0, dms: 0, reminders: 0 };
      cells.set(key, cell);
      if (reader === null) cell.mentions += 1;
      else cell.dms += 1;
      if (REMINDERS.has(sort)) cell.reminders += 1;
    }
  }
  const rows = [['', 'cards', ...users.map((user) => user.slice(1))]];
  for (let at = startsAt + 12 * 3_600_000; at < endsAt; at += 24 * 3_600_000) {
    const { date, weekday } = wallOf(at, TIME_ZONE);
    const ofDay = users.map((user) => {
      const cell = cells.get(`${user} ${date}`);
      return cell === undefined ? '' : `${cell.mentions}·${cell.dms}·${cell.reminders}`;
    });
    rows.push([`${weekday} ${date.slice(5)}`, String(cards.get(date) ?? 0), ...ofDay]);
  }
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  '),
  );
}

const listed = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .toSorted(([, one], [, other]) => other - one)
    .map(([what, many]) => `${many} ${what}`)
    .join(', ');
