import type { QueryResultRow } from 'pg';
import { z } from 'zod';
import { MOST_CARDS, REARM_MS } from './bot.ts';
import { isWorkingTime, WORKING_DAY_MS, WorkClock, wallOf } from './calendar.ts';
import { CARD_CHANNEL, ON_DUTY, TIME_ZONE } from './people.ts';
import type { Post, ShownAlert } from './posts.ts';
import type { Evidence, HotTime } from './replay.ts';

/** Whether a goal holds, with the figures that show it. */
export interface Verdict {
  goal: string;
  holds: boolean;
  figures: string;
  /** A few of the violations. */
  examples: readonly string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MOST_DMS = 5;
const MOST_EXAMPLES = 8;
/** From the moment a message may go to the moment Slack takes it. */
const DELIVERY_MS = MINUTE_MS;

const instant = z.string().transform((text) => Date.parse(text));
const tables = z.object({
  alerts: z.array(
    z.object({
      id: z.string(),
      account_key: z.string(),
      opened_at: instant,
      closed_at: instant.nullable(),
      status: z.string(),
      hold: z.string().nullable(),
      events: z.array(
        z.object({
          at: instant,
          kind: z.string(),
          actor: z.string().nullable(),
          to_status: z.string(),
        }),
      ),
      offers: z.array(z.object({ made_at: instant, ended_at: instant.nullable() })),
      steps: z.array(z.object({ kind: z.string(), message_id: z.string().nullable() })),
    }),
  ),
});

type AlertRow = z.infer<typeof tables>['alerts'][number];

const TABLES = `
  select jsonb_build_object('alerts', (
    select coalesce(jsonb_agg(jsonb_build_object(
      'id', a.id, 'account_key', a.account_key, 'opened_at', a.opened_at, 'closed_at', a.closed_at,
      'status', a.status, 'hold', a.hold,
      'events', (select coalesce(jsonb_agg(jsonb_build_object(
          'at', e.at, 'kind', e.kind, 'actor', e.actor, 'to_status', e.to_status) order by e.id), '[]')
        from lead_bot.alert_events e where e.alert_id = a.id),
      'offers', (select coalesce(jsonb_agg(jsonb_build_object('made_at', o.made_at, 'ended_at', o.ended_at)), '[]')
        from lead_bot.offers o where o.alert_id = a.id),
      'steps', (select coalesce(jsonb_agg(jsonb_build_object('kind', s.kind, 'message_id', s.message_id)), '[]')
        from lead_bot.steps s where s.alert_id = a.id)
    )), '[]') from lead_bot.alerts a where a.merged_into is null
  )) as tables`;

/**
 * Checks the goals against what Slack took and the bot's tables. Working time, periods and what is done are
 * reckoned here, without the bot's own code.
 */
export async function judge(
  evidence: Evidence,
  read: (text: string) => Promise<QueryResultRow[]>,
): Promise<Verdict[]> {
  const [row] = await read(TABLES);
  const { alerts } = tables.parse(row?.['tables']);
  return [
    oneCardPerEpisode(evidence, alerts),
    storms(evidence),
    eachStepOnce(evidence),
    workingHours(evidence),
    nothingDone(evidence),
    directMessages(evidence),
    nothingRots(evidence, alerts),
  ];
}

function verdict(goal: string, figures: string, violations: readonly string[]): Verdict {
  return {
    goal,
    holds: violations.length === 0,
    figures: violations.length === 0 ? figures : `${figures}; ${violations.length} violations`,
    examples: violations.slice(0, MOST_EXAMPLES),
  };
}

/** Hot times with less than the re-arm time between them. */
export function episodesOf(times: readonly HotTime[]): HotTime[] {
  const episodes: HotTime[] = [];
  for (const { from, until } of times) {
    const last = episodes.at(-1);
    if (last?.until != null && from - last.until < REARM_MS) last.until = until;
    else episodes.push({ from, until });
  }
  return episodes;
}

function oneCardPerEpisode(evidence: Evidence, alerts: readonly AlertRow[]): Verdict {
  const { endsAt, outages, posts, hotTimes } = evidence;
  const found: string[] = [];
  const cards = new Map<string, number>();
  for (const { kind, alerts: about } of posts) {
    for (const { id } of kind === 'card' ? about : []) cards.set(id, (cards.get(id) ?? 0) + 1);
  }
  for (const [id, many] of cards) if (many > 1) found.push(`${many} cards of alert ${id}`);
  const byAccount = Map.groupBy(alerts, (one) => one.account_key);
  let episodes = 0;
  for (const [company, times] of hotTimes) {
    const key = `c${String(company).padStart(5, '0')}.example`;
    const own = (byAccount.get(key) ?? []).toSorted((a, b) => a.opened_at - b.opened_at);
    for (const { from, until } of episodesOf(times)) {
      episodes += 1;
      // The bot notices the end of an episode later if it was down at that time.
      // Not a fit ends with news about the company, which is a new alert.
      const opened = own.filter(
        ({ opened_at, hold }) =>
          opened_at >= from && opened_at < (until ?? endsAt) + REARM_MS && hold !== 'not-a-fit',
      );
      if (opened.length > 1) {
        found.push(
          `${key} was hot from ${text(from)} to ${text(until)}, with ${opened.length} alerts: ${opened.map(described).join(', ')}`,
        );
      }
      const running = own.some(
        ({ opened_at, closed_at, hold }) =>
          (opened_at < from || hold === 'not-a-fit') && (closed_at ?? endsAt) >= from,
      );
      const unseen =
        from > endsAt - 5 * MINUTE_MS ||
        outages.some(
          (one) => one.from <= from + MINUTE_MS && (until ?? endsAt) <= one.until + MINUTE_MS,
        );
      if (opened.length === 0 && !running && !unseen) {
        found.push(`${key} was hot from ${text(from)} to ${text(until)}, without an alert`);
      }
    }
  }
  return verdict(
    'one card per episode',
    `${episodes} episodes of ${hotTimes.size} companies, ${alerts.length} alerts, ${cards.size} cards`,
    found,
  );
}

const described = ({ id, opened_at, closed_at, status, hold }: AlertRow): string =>
  `${id} (${status}${hold === null ? '' : `, ${hold}`}) from ${text(opened_at)} to ${text(closed_at)}`;

function storms({ posts, storms: all }: Evidence): Verdict {
  const counts = all.map(({ at, turnedHot }) => {
    const own = posts.filter(
      (one) =>
        one.channel === CARD_CHANNEL &&
        one.at > at &&
        one.at <= at + MINUTE_MS &&
        // What the channel shows. A thread tells one person about one of its leads.
        (one.kind !== 'notice' || one.sort === 'joined') &&
        one.alerts.some((alert) => alert.opened_at > at || one.sort === 'joined'),
    );
    return { at, turnedHot, messages: own.length };
  });
  const most = MOST_CARDS + 1;
  return verdict(
    `at most ${most} messages per storm`,
    counts.map((one) => `${one.messages} when ${one.turnedHot} companies turned hot`).join(', '),
    counts
      .filter(({ messages }) => messages > most)
      .map(({ at, messages }) => `${messages} messages in the minute after ${text(at)}`),
  );
}

/** Replies and direct messages about what the bot does by itself. */
const STEPS = new Set([
  'reminder',
  'escalation',
  'warning',
  'warned',
  'kept-again',
  'follow-up',
  'news',
]);

interface Told {
  kind: string;
  /** A user, a group, or null for everyone in the thread. */
  reader: string | null;
  alert: ShownAlert;
  post: Post;
}

/** Every nudge in every message. Of a list, one per row. */
function nudges(posts: readonly Post[]): Told[] {
  return posts.flatMap((post) =>
    post.alerts.flatMap((alert) => {
      const kind = post.sort === 'due' ? (alert.section ?? '') : post.sort;
      if (!STEPS.has(kind)) return [];
      const [first = null] = post.reader === null ? post.mentions : [post.reader];
      return [{ kind: kind === 'warned' ? 'warning' : kind, reader: first, alert, post }];
    }),
  );
}

function eachStepOnce({ posts }: Evidence): Verdict {
  const found: string[] = [];
  const told = nudges(posts);
  const seen = new Map<string, number>();
  for (const { kind, reader, alert, post } of told) {
    // News has no period, but comes once a day at most.
    const key = `${kind} of ${alert.id} to ${reader ?? 'everyone'}${kind === 'news' ? '' : ` since ${alert.period}`}`;
    const before = seen.get(key);
    seen.set(key, post.at);
    if (before === undefined || (kind === 'news' && post.at - before >= DAY_MS - MINUTE_MS))
      continue;
    found.push(`${key}: ${text(before)} and ${text(post.at)}`);
  }
  const counts = [...Map.groupBy(told, (one) => one.kind)].map(
    ([kind, all]) => `${all.length} ${kind}`,
  );
  return verdict('each step once', counts.sort().join(', ') || 'no steps', found);
}

/** What a colleague has just done goes to the thread at once, and so does the end of a snooze, which an AE chose. */
const GESTURES = new Set(['released', 'handed-over', 'given-back', 'merged', 'hand-over', 'woke']);

const readersOf = (post: Post): readonly string[] => {
  if (post.reader !== null) return [post.reader];
  return post.kind === 'notice' ? post.mentions : [];
};

function workingHours({ posts, people, absences }: Evidence): Verdict {
  const found: string[] = [];
  let checked = 0;
  let ofGestures = 0;
  const zones = new Map(people.map(({ user, timeZone }) => [user, timeZone]));
  zones.set(ON_DUTY, TIME_ZONE);
  for (const post of posts) {
    for (const user of readersOf(post)) {
      const zone = zones.get(user) ?? TIME_ZONE;
      const isAt = (at: number): boolean =>
        isWorkingTime(at, zone) &&
        !absences.some((one) => one.user === user && one.from <= at && at < one.until);
      const isOut = !isAt(post.at) && !isAt(post.at - DELIVERY_MS);
      if (GESTURES.has(post.sort)) {
        if (isOut) ofGestures += 1;
        continue;
      }
      checked += 1;
      if (!isOut) continue;
      const { date, weekday, minutes } = wallOf(post.at, zone);
      const away = isWorkingTime(post.at, zone) ? ', who is away' : '';
      found.push(
        `${post.sort} to ${user}${away}: ${weekday} ${date} ${clock(minutes)} in ${zone}, alert ${post.alerts[0]?.id}`,
      );
    }
  }
  return verdict(
    'no direct message or mention outside working hours',
    `${checked} checked, besides ${ofGestures} outside them that tell of a colleague's gesture or the end of a snooze`,
    found,
  );
}

/** Why a nudge had lost its point when Slack took it; null if it had one. */
function pointless(kind: string, reader: string | null, alert: ShownAlert): string | null {
  if (alert.closed) return 'it is closed';
  if (alert.hold !== null) return `it is ${alert.hold}`;
  const isTheirs = alert.owner === reader;
  switch (kind) {
    case 'reminder':
    case 'escalation':
      if (alert.cooling) return 'it is no longer hot';
      return alert.status === 'open' ? null : `it is ${alert.status}`;
    case 'warning':
      return alert.status === 'claimed' && isTheirs
        ? null
        : `it is ${alert.status} by ${alert.owner}`;
    case 'kept-again':
      return alert.status === 'claimed' ? null : `it is ${alert.status}`;
    case 'follow-up':
      if (alert.outcome !== null) return 'it has an outcome';
      return alert.status === 'contacted' && isTheirs
        ? null
        : `it is ${alert.status} by ${alert.owner}`;
    case 'offer':
    case 'offers':
    case 'offered':
      return alert.holder === reader ? null : `${alert.holder ?? 'nobody'} has first call`;
    case 'hand-over':
    case 'mine':
      return isTheirs ? null : `${alert.owner ?? 'nobody'} has it`;
    case 'news':
      return reader === null || isTheirs ? null : `${alert.owner ?? 'nobody'} has it`;
    default:
      return null;
  }
}

function nothingDone({ posts }: Evidence): Verdict {
  const found: string[] = [];
  let checked = 0;
  for (const post of posts) {
    if (post.kind !== 'dm' && post.kind !== 'notice') continue;
    const isList = post.sort === 'due' || post.sort === 'morning';
    const [reader = null] = post.reader === null ? post.mentions : [post.reader];
    for (const alert of post.alerts) {
      const kind = isList ? (alert.section ?? '') : post.sort === 'warned' ? 'warning' : post.sort;
      if (!isList && !STEPS.has(kind) && !['offer', 'offered', 'hand-over'].includes(kind))
        continue;
      if (kind === 'moved') continue;
      checked += 1;
      const why = pointless(kind, reader, alert);
      if (why === null) continue;
      const where = isList ? `${kind} in a ${post.sort} list` : kind;
      found.push(`${where} to ${reader} at ${text(post.at)} about ${alert.id}: ${why}`);
    }
  }
  return verdict('nothing about what is done', `${checked} checked`, found);
}

function directMessages({ posts, people }: Evidence): Verdict {
  const managers = new Set(people.filter((one) => one.isManager).map(({ user }) => user));
  const zones = new Map(people.map(({ user, timeZone }) => [user, timeZone]));
  const days = new Map<string, Post[]>();
  const sorts = new Map<string, number>();
  let ofGestures = 0;
  for (const post of posts) {
    if (post.reader === null || managers.has(post.reader)) continue;
    if (GESTURES.has(post.sort)) {
      ofGestures += 1;
      continue;
    }
    const { date } = wallOf(post.at, zones.get(post.reader) ?? TIME_ZONE);
    const key = `${post.reader} on ${date}`;
    days.set(key, [...(days.get(key) ?? []), post]);
    sorts.set(post.sort, (sorts.get(post.sort) ?? 0) + 1);
  }
  const counts = [...days.values()].map((all) => all.length).sort((a, b) => a - b);
  const total = counts.reduce((sum, one) => sum + one, 0);
  const mean = total / Math.max(1, counts.length);
  const share = (at: number): number => counts[Math.floor(counts.length * at)] ?? 0;
  const found = [...days]
    .filter(([, all]) => all.length > MOST_DMS)
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([key, all]) => {
      const kinds = [...Map.groupBy(all, ({ sort }) => sort)];
      return `${key}: ${all.length} (${kinds.map(([sort, some]) => `${some.length} ${sort}`).join(', ')})`;
    });
  const kinds = [...sorts].map(([sort, many]) => `${many} ${sort}`).join(', ');
  return verdict(
    `at most ${MOST_DMS} direct messages per AE and day`,
    `${total} in all (${kinds || 'none'}), besides ${ofGestures} from colleagues; on a day with any ${mean.toFixed(1)} on average, 90 % of days at most ${share(0.9)}, most ${counts.at(-1) ?? 0}`,
    found,
  );
}

interface Span {
  from: number;
  until: number;
}

/** When it was open, unclaimed and not put on hold. */
function waitingOf({ opened_at, closed_at, events }: AlertRow, endsAt: number): Span[] {
  const spans: Span[] = [];
  const over = closed_at ?? endsAt;
  let since: number | null = opened_at;
  for (const { at, kind, to_status } of events) {
    const onHold = kind === 'snoozed' || kind === 'not-a-fit';
    const waits = to_status === 'open' && !onHold;
    if (since !== null && !waits) {
      spans.push({ from: since, until: at });
      since = null;
      // What the bot notes about it doesn't end a hold.
    } else if (since === null && waits && !['left', 'joined', 'returned'].includes(kind))
      since = at;
  }
  if (since !== null) spans.push({ from: since, until: over });
  return spans;
}

function nothingRots(evidence: Evidence, alerts: readonly AlertRow[]): Verdict {
  const { startsAt, endsAt, posts, hotTimes } = evidence;
  const work = new WorkClock(TIME_ZONE, startsAt - DAY_MS, endsAt);
  const digests = posts.filter(({ kind }) => kind === 'digest');
  const rows = new Map<string, Span[]>();
  for (const [index, { at, alerts: listed }] of digests.entries()) {
    const until = digests[index + 1]?.at ?? endsAt;
    for (const { id } of listed) rows.set(id, [...(rows.get(id) ?? []), { from: at, until }]);
  }
  const postedAt = new Map(posts.map(({ messageId, at }) => [messageId, at]));
  const found: string[] = [];
  let longest = 0;
  let waited = 0;
  for (const alert of alerts) {
    const reminded = alert.steps.flatMap(({ kind, message_id: id }): Span[] => {
      const at = id === null ? undefined : postedAt.get(id);
      const isCall = kind === 'reminder' || kind === 'escalation';
      return isCall && at !== undefined ? [{ from: at, until: endsAt }] : [];
    });
    const held = [
      ...coldTimes(hotTimes.get(companyIn(alert)) ?? [], endsAt),
      ...alert.offers.map(({ made_at, ended_at }) => ({
        from: made_at,
        until: ended_at ?? endsAt,
      })),
      ...(rows.get(alert.id) ?? []),
    ];
    for (const span of waitingOf(alert, endsAt)) {
      waited += 1;
      // A reminder holds it until somebody claims it.
      const own = reminded.filter(({ from }) => from >= span.from);
      for (const gap of gaps(span, [...held, ...own])) {
        const lasts = work.between(gap.from, gap.until);
        longest = Math.max(longest, lasts);
        if (lasts > WORKING_DAY_MS) {
          found.push(
            `alert ${alert.id} from ${text(gap.from)} to ${text(gap.until)}: ${hours(lasts)} h of working time`,
          );
        }
      }
    }
  }
  return verdict(
    'nothing open and hot for more than a working day without owner, offer, reminder or digest row',
    `${waited} times that one waited, at most ${hours(longest)} h of working time without any`,
    found,
  );
}

const companyIn = ({ account_key: key }: AlertRow): number => Number(/^c(\d+)/.exec(key)?.[1]);

/** Nobody need work on a company that is no longer hot: its alert closes by itself. */
const coldTimes = (times: readonly HotTime[], endsAt: number): Span[] =>
  times.flatMap(({ until }, index) =>
    until === null ? [] : [{ from: until, until: times[index + 1]?.from ?? endsAt }],
  );

/** What of a span none of the others covers. */
export function gaps({ from, until }: Span, others: readonly Span[]): Span[] {
  const left: Span[] = [];
  let here = from;
  for (const one of others.toSorted((a, b) => a.from - b.from)) {
    if (one.from >= until) break;
    if (one.from > here) left.push({ from: here, until: one.from });
    here = Math.max(here, one.until);
  }
  if (here < until) left.push({ from: here, until });
  return left;
}

const hours = (ms: number): string => (ms / (60 * MINUTE_MS)).toFixed(1);
const clock = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

function text(at: number | null): string {
  if (at === null) return 'the end';
  const { date, weekday, minutes } = wallOf(at, TIME_ZONE);
  return `${weekday} ${date} ${clock(minutes)}`;
}
