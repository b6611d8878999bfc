import type pg from 'pg';
import { z } from 'zod';
import { type BigSizes, CHANNEL, GIANT } from './big-database.ts';
import type { BigStage } from './big-stage.ts';
import { type BotSession, bareMs, openBotSession, type Timed, timerFor } from './bot-session.ts';
import { longest, median, p95 } from './figures.ts';
import type { PlainFigures } from './plain-bench.ts';
import { count, ms, type Row } from './table.ts';

const WARM_UP = 5;
const RUNS = 30;
/** Jitter of the cheapest possible call, in milliseconds. */
const NOISE_MS = 0.05;

const NOTHING_DUE =
  'update lead_bot.messages set wanted_version = shown_version where due_at is not null';

/** Words that match nothing. Each is used once, to avoid caching. */
const UNKNOWN =
  'blurfington,quaxelday,zzyzxworks,mumblecorp,tropfenhaus,grobnitz,vexanomy,plindergast,wuthermere,snorkelform,jabberwick,krumhold,fizzlebank,ogdenfrost,yllanti,drumbeatly,pfeiferei,smorgasbyte,hullabaloo,thistledown,ukulelia,quibbleton,xerophyte,nimbletoad'.split(
    ',',
  );
const PARTS =
  'harbor,falcon,meadow,glacier,lantern,orchard,thunder,compass,velotex,norliv,marma,pacific,robotics,crimson,quarry,gigantic,sollit,twin star,early grove,atlantic'.split(
    ',',
  );
const TYPOS =
  'gigantc systems,pacifc harbor foods,crimsn fox labs,eastrn mill software,sunny signl cloud,northen lake energy,quiet meadw media,golden rivr capital,hiden canyon data,amber falcn bio,rapid otter insurence,westen tower homes,noble badgr games,misty sprng retail,lunar refe travel,urbn willow studio,silvr wave works,bold timbr motors,swift egale legal,deep ocaen health'.split(
    ',',
  );

export interface CallsOptions {
  /** Names of the databases. The small one has a tenth of the leads and a hundredth of the messages. */
  big: string;
  small: string;
  plain: PlainFigures;
  size: BigSizes;
  sizeOfSmall: BigSizes;
  say: (line: string) => void;
}

/** Measures everything that runs every few seconds, and everything a user waits for. */
export async function benchCalls(stage: BigStage, options: CallsOptions): Promise<Row[]> {
  const { plain, size, sizeOfSmall, say } = options;
  const big = await openBotSession(stage, options.big);
  const small = await openBotSession(stage, options.small);
  const admin = await stage.connect('supabase_admin', options.big);
  const rows: Row[] = [];
  /** A call that fails or times out after 8 s counts as a missed goal, and the rest continues. */
  const add = async (what: string, measured: () => Promise<Row[]>): Promise<void> => {
    const added = await measured().catch((error: unknown): Row[] => [
      {
        what,
        goal: '',
        measured: error instanceof Error ? error.message : String(error),
        met: false,
      },
    ]);
    for (const row of added) say(`  ${row.what}: ${row.measured}`);
    rows.push(...added);
  };
  const call = (
    what: string,
    atMostMs: number,
    samples: () => Promise<Timed[]>,
    compared?: string,
  ): Promise<void> => add(what, async () => [row(what, await samples(), atMostMs, compared)]);
  try {
    const poll = (session: BotSession) => async () =>
      nothingNew(await session.call('lead_bot_changes', { p_rearm_seconds: 86_400, p_limit: 100 }));
    await add('A poll that finds nothing new', async () => {
      const polls = await inTurn(poll(big), poll(small));
      return [
        row(
          `A poll that finds nothing new (${count(size.leads)} leads, ${count(size.hot)} hot)`,
          polls[0],
          2,
          plain.selectHot,
        ),
        ratio(
          `… against ${count(sizeOfSmall.leads)} leads with ${count(sizeOfSmall.hot)} hot`,
          polls,
        ),
      ];
    });
    const takeNothing = (session: BotSession) => async () =>
      nothingTaken(await session.call('lead_bot_take', { p_limit: 8, p_lease_seconds: 60 }));
    await add('Take, nothing due', async () => {
      const takes = await inTurn(takeNothing(big), takeNothing(small));
      return [
        row(
          `Take, nothing due (${count(size.messages)} messages, ${count(size.events)} events)`,
          takes[0],
          2,
          plain.fetchNothing,
        ),
        ratio(`… against ${count(sizeOfSmall.messages)} messages`, takes),
      ];
    });
    await add('Take of 8', () => benchDelivery(big, admin, plain));

    const lookups = (words: readonly string[], isDomain: boolean) => () =>
      series(
        (run) => {
          const word = words.at(run % words.length);
          return big.call('lead_bot_lookup', {
            p_keys: isDomain ? [`${word}.com`] : [],
            p_emails: [],
            p_names: [isDomain ? `${word}.com` : word],
            p_profiles: [],
            p_near: word,
            p_parts: !isDomain,
          });
        },
        words.length - 2,
        2,
      );
    await call('Lookup of an unknown domain', 50, lookups(UNKNOWN, true), plain.ilikeUnknown);
    await call('Lookup by a part of a name', 50, lookups(PARTS, false), plain.ilikePart);
    await call('Lookup with a typo', 50, lookups(TYPOS, false), plain.ilikeTypo);
    const giant = {
      p_keys: [GIANT],
      p_emails: [],
      p_names: [GIANT],
      p_profiles: [],
      p_near: GIANT.split('.')[0],
      p_parts: false,
    };
    const developers = count(size.giant);
    await call(
      `Lookup of a company with ${developers} developers`,
      30,
      () => series(() => big.call('lead_bot_lookup', giant)),
      plain.giant,
    );
    await call('Why: that company', 50, () =>
      series(() => big.call('lead_bot_why', { p_keys: [GIANT] })),
    );
    const timer = await timerFor(admin);
    const { rows: giants } = await admin.query<{ id: string }>(
      'select id from lead_bot.alerts where account_key = $1 and closed_at is null',
      [GIANT],
    );
    await call('A row of a list, for that company', 10, () =>
      series(() => timer.call('lead_bot.alert_json', { p_alert_id: giants[0]?.id, p_brief: true })),
    );

    const list = (who: string | null) => () =>
      series(() => big.call('lead_bot_list', { p_owner: who, p_limit: 25 }));
    const alerts = count(size.openAlerts);
    await call(`List of hot leads (25 of ${alerts})`, 50, list(null), plain.list);
    await call("List of an AE's own", 50, list('U0AE0001'));
    const filtered = (terms: readonly object[], least: number | null) => () =>
      series(() =>
        big.call('lead_bot_list', {
          p_owner: null,
          p_limit: 15,
          p_filter: { terms, least, most: null, late: false },
        }),
      );
    const fintech = { words: ['fintech', 'financial', 'bank'], plan: null, feature: null };
    const vector = { words: ['vector'], plan: null, feature: 'uses_vector' };
    await call(
      `List of hot leads by industry and employees (of ${alerts})`,
      100,
      filtered([fintech], 501),
    );
    await call(
      `List of hot leads by a feature in use (of ${alerts})`,
      100,
      filtered([vector], null),
    );
    const replay = (what: string, p_threshold: number, p_weights: object | null) =>
      call(
        `Replay of a year, ${what} (${count(size.pictures)} weekly pictures of each lead with 60 points)`,
        2_000,
        () => series(() => big.call('lead_bot_replay', { p_threshold, p_weights }), 10, 2),
      );
    await replay('a lower threshold', 70, null);
    await replay('a higher threshold', 90, null);
    await replay('other weights', 75, { usage: 35, company: 20 });
    await call(`Digest (${alerts} open alerts)`, 50, () =>
      // Each is the first digest of its day.
      series(() =>
        big.rehearse('lead_bot_request_digest', {
          p_channel: CHANNEL,
          p_local_date: '2100-01-01',
          p_due_at: new Date().toISOString(),
        }),
      ),
    );
    await call('Preview of the digest', 50, () =>
      series(() => big.call('lead_bot_preview_digest', { p_channel: CHANNEL })),
    );
    await call(
      `Stats of 90 days (${count(size.closedAlerts)} closed alerts in two years)`,
      300,
      () => series(() => big.call('lead_bot_stats', { p_days: 90 })),
    );
    await call('Stats of 90 days for members of one channel', 300, () =>
      series(() => big.call('lead_bot_stats', { p_days: 90, p_channels: [CHANNEL] })),
    );
    await call("An AE's numbers of 30 days", 10, () =>
      series(() =>
        timer.call('lead_bot.numbers_of', {
          p_person: 'U0AE0001',
          p_from: new Date(Date.now() - 30 * 86_400_000).toISOString(),
        }),
      ),
    );
    await call('Health', 5, () => series(() => big.call('lead_bot_health')), plain.health);
    await call('Metrics', 5, () => series(() => big.call('lead_bot_metrics')));
    await call('Tidy with nothing to do', 100, () =>
      series(() => big.call('lead_bot_tidy', { p_retention_days: 365, p_history_days: 730 })),
    );
    await call('Resume', 100, () =>
      series(() =>
        big.call('lead_bot_resume', { p_alert_channel: CHANNEL, p_digest_channel: CHANNEL }),
      ),
    );
    await call('Remaining erasures', 100, () => series(() => timer.call('lead_bot.erasures_left')));
    await add('Steps of a minute', () => benchSteps(big, admin, alerts));
    await add('Home tabs', () => benchHomes(big, admin, alerts));
    await add('Hourly redraw', () => benchRedraw(big, admin));
    await add('Webhooks', () => benchOutcomes(big, admin, alerts));
    await add('Sweep', async () => {
      const sweeps = await series(() => big.call('lead_bot_sweep'), 10, 2);
      const tookMs = median(sweeps.map((one) => one.ms));
      const share = (tookMs / Math.max(60_000, 19 * tookMs)) * 100;
      return [
        {
          what: `Sweep (${count(size.hot)} hot)`,
          goal: '≤ 5 % of the time',
          measured: `${spread(sweeps)}, ${share.toFixed(2)} % of the time`,
          plain: plain.selectHot,
          met: share <= 5,
          figures: figures(sweeps),
        },
      ];
    });
    return rows;
  } finally {
    await Promise.all([big.end(), small.end(), admin.end()]);
  }
}

/** 5,000 cards are due for an update, as after a re-score. Takes 8 at a time and confirms each. */
async function benchDelivery(
  bot: BotSession,
  admin: pg.Client,
  plain: PlainFigures,
): Promise<Row[]> {
  await admin.query(
    `update lead_bot.messages m set wanted_version = m.wanted_version + 1
       from lead_bot.alerts a
      where a.id = m.alert_id and a.closed_at is null and m.kind = 'card'`,
  );
  const takes: Timed[] = [];
  const confirms: Timed[] = [];
  for (let run = -2; run < RUNS; run++) {
    const taken = await bot.call('lead_bot_take', { p_limit: 8, p_lease_seconds: 60 });
    const { work } = workAnswer.parse(taken.answer);
    // On a very busy machine it stops before it has all of them.
    if (work.length === 0) throw new Error('took nothing although 5,000 messages are due');
    if (run >= 0) takes.push(taken);
    for (const { id, token, version, slack_channel, slack_ts } of work) {
      const outcome = {
        outcome: 'shown',
        channel: slack_channel,
        ts: slack_ts,
        version,
        hash: 'as drawn',
        sent: true,
      };
      const confirmed = await bot.call('lead_bot_confirm', {
        p_id: id,
        p_token: token,
        p_outcome: outcome,
      });
      if (confirmed.answer !== true) throw new Error('a message could not be confirmed');
      if (run >= 0) confirms.push(confirmed);
    }
  }
  await admin.query(NOTHING_DUE);
  const rows = [
    row('Take of 8 among 5,000 due', takes, 15, plain.fetchEight),
    row('Confirm', confirms, 3, plain.complete),
  ];
  return rows;
}

/** A claim with and without webhooks, and a take of eight among those of all open alerts. */
async function benchOutcomes(bot: BotSession, admin: pg.Client, alerts: string): Promise<Row[]> {
  const p_endpoint = 'f'.repeat(64);
  const { rows } = await admin.query<{ id: string }>(
    `select id from lead_bot.alerts
      where closed_at is null and status = 'open' and hold is null order by id limit 1`,
  );
  const claims = () =>
    series(() => bot.rehearse('lead_bot_claim', { p_alert_id: rows[0]?.id, p_user: 'U0AE0001' }));
  const off = await claims();
  await bot.call('lead_bot_take_outcomes', { p_endpoint, p_limit: 1, p_lease_seconds: 60 });
  const on = await claims();
  await admin.query(
    `insert into lead_bot.outcome_queues (alert_id, written, due_at)
     select id, 1, now() from lead_bot.alerts where closed_at is null`,
  );
  await admin.query(
    `insert into lead_bot.outcomes (alert_id, sequence, event_id, type, facts)
     select alert_id, 1, 1, 'lead.opened', '{}' from lead_bot.outcome_queues`,
  );
  const takes: Timed[] = [];
  const confirms: Timed[] = [];
  for (let run = -2; run < RUNS; run++) {
    const taken = await bot.call('lead_bot_take_outcomes', {
      p_endpoint,
      p_limit: 8,
      p_lease_seconds: 60,
    });
    if (run >= 0) takes.push(taken);
    const { work } = outcomesAnswer.parse(taken.answer);
    if (work.length !== 8) throw new Error(`took ${work.length} of thousands of webhooks`);
    for (const { id, token } of work) {
      const confirmed = await bot.call('lead_bot_confirm_outcome', {
        p_id: id,
        p_token: token,
        p_endpoint,
        p_result: JSON.stringify({ outcome: 'delivered' }),
      });
      if (run >= 0) confirms.push(confirmed);
    }
  }
  // Off again, for what is measured after this.
  await admin.query('delete from lead_bot.outcome_endpoints where true');
  await admin.query('delete from lead_bot.outcome_queues where true');
  return [
    row('A claim without webhooks', off, 30),
    row('A claim with webhooks', on, 30),
    row(`Take of 8 webhooks (those of ${alerts} alerts wait)`, takes, 30),
    row('Confirm a webhook', confirms, 3),
  ];
}

/** Of an open alert's few changes and deadlines in two weeks, this many a minute. */
const LOOKED_AT = 6;

/** Looks at the alerts that are due, reminds of one that nobody has claimed, and defers the others. */
async function benchSteps(bot: BotSession, admin: pg.Client, alerts: string): Promise<Row[]> {
  const minutes: Timed[] = [];
  for (let run = -WARM_UP; run < RUNS; run++) {
    await admin.query(
      `update lead_bot.alerts a set step_due_at = now() - interval '1 second'
        where a.id in (
          (select o.id from lead_bot.alerts o
            where o.closed_at is null and o.status = 'open' and o.hold is null
              and not exists (select from lead_bot.steps s where s.alert_id = o.id)
            order by o.id limit 1)
          union all
          (select o.id from lead_bot.alerts o where o.closed_at is null and o.status <> 'open'
            order by o.step_due_at limit ${LOOKED_AT - 1})
        )`,
    );
    const due = await bot.call('lead_bot_steps_due', { p_limit: 50 });
    const { now, cases } = stepsAnswer.parse(due.answer);
    const [unclaimed] = cases.filter(({ status }) => status === 'open');
    if (unclaimed === undefined || cases.length !== LOOKED_AT) {
      throw new Error(`${cases.length} alerts were due instead of ${LOOKED_AT}`);
    }
    const inAnHour = new Date(new Date(now).getTime() + 3_600_000).toISOString();
    const { alert_id, period } = unclaimed;
    const taken = await bot.rehearse('lead_bot_take_steps', {
      p_steps: JSON.stringify([{ alert_id, kind: 'reminder', period, until: null }]),
      p_readers: JSON.stringify([{ to: 'U0AE0001', at: now, send_by: inAnHour }]),
      p_together: false,
    });
    if (taken.answer !== 1) throw new Error('the reminder was not taken');
    const deferred = await bot.call('lead_bot_defer_steps', {
      p_cases: JSON.stringify(
        cases.map(({ alert_id: id, seen }) => ({
          alert_id: id,
          seen,
          at: inAnHour,
          due_at: inAnHour,
        })),
      ),
    });
    const parts = [due, taken, deferred];
    if (run < 0) continue;
    minutes.push({
      answer: null,
      ms: parts.reduce((sum, one) => sum + one.ms, 0),
      waitedMs: parts.reduce((sum, one) => sum + one.waitedMs, 0),
    });
  }
  return [
    row(`Steps of a minute with ${alerts} open alerts (${LOOKED_AT} due, one taken)`, minutes, 5),
  ];
}

const VIEWERS = 200;

/** Home of an AE with very many leads, and a change that `VIEWERS` Home tabs may show. */
async function benchHomes(bot: BotSession, admin: pg.Client, alerts: string): Promise<Row[]> {
  const timer = await timerFor(admin);
  const reader = 'U0AE0001';
  await admin.query(
    `update lead_bot.alerts a
        set status = 'claimed', owner = $1, claimed_at = now(), waits_since = now(), due_at = now() + interval '1 day'
      where a.id in (select o.id from lead_bot.alerts o where o.closed_at is null order by o.id limit ${VIEWERS})`,
    [reader],
  );
  const home = (channels: string[] | null) => () =>
    series(() =>
      bot.call('lead_bot_home', { p_user: reader, p_pages: '{}', p_channels: channels }),
    );
  const whole = await home(null)();
  const limited = await home([CHANNEL])();

  await admin.query(
    `select public.lead_bot_open_home('U0AE' || lpad(n::text, 4, '0')) from generate_series(1, ${VIEWERS}) n`,
  );
  const { rows: changed } = await admin.query<{ id: string }>(
    `select id from lead_bot.alerts where closed_at is null and owner = $1 limit 1`,
    [reader],
  );
  const touch = () =>
    timer.call('lead_bot.touch_alerts', { p_alert_ids: [changed[0]?.id], p_urgent: true });
  const first = await series(async () => {
    await admin.query(
      `update lead_bot.messages set shown_version = wanted_version, urgent = false, next_try_at = now() where kind = 'home'`,
    );
    return touch();
  });
  const again = await series(touch);
  await admin.query(`delete from lead_bot.messages where kind = 'home'`);
  await admin.query(NOTHING_DUE);
  return [
    row(`Home of an AE with ${VIEWERS} leads (${alerts} open alerts)`, whole, 50),
    row('The same for a member of one channel', limited, 50),
    row(`What a gesture has redrawn while ${VIEWERS} AEs look at Home`, again, 5),
    row('The same when nothing was to be redrawn before', first, 10),
  ];
}

/** The normal hourly load, and the worst case: all alerts due at once, as after hours of downtime. */
async function benchRedraw(bot: BotSession, admin: pg.Client): Promise<Row[]> {
  const steady: Timed[] = [];
  for (let run = -WARM_UP; run < RUNS; run++) {
    await admin.query(
      `update lead_bot.alerts a set redraw_due_at = now() - interval '11 seconds'
        where a.id in (select o.id from lead_bot.alerts o where o.closed_at is null order by o.redraw_due_at limit 15)`,
    );
    const followed = await bot.call('lead_bot_follow', { p_rearm_seconds: 86_400 });
    if (run >= 0) steady.push(followed);
  }
  await admin.query(
    `update lead_bot.alerts a set redraw_due_at = now() - interval '1 minute' where a.closed_at is null`,
  );
  const backlog: Timed[] = [];
  for (let more = true; more; ) {
    const followed = await bot.call('lead_bot_follow', { p_rearm_seconds: 86_400 });
    backlog.push(followed);
    more = followAnswer.parse(followed.answer).more;
  }
  const busiest = busiestAnswer.parse(
    await admin.query(
      `select max(n)::int as alerts, sum(n)::int as total
         from (select count(*) as n from lead_bot.alerts a where a.closed_at is null
                group by date_trunc('minute', a.redraw_due_at)) m`,
    ),
  ).rows[0];
  const rows: Row[] = [
    row('Hourly redraw of 5,000 open alerts, a step (15 due)', steady, 20),
    row(`The same with all of them due at once, each of ${backlog.length} steps`, backlog, 20),
    {
      what: 'Busiest minute of the following hour',
      goal: '≤ 5 % of the alerts',
      measured: `${busiest?.alerts} of ${busiest?.total}`,
      met: busiest !== undefined && busiest.alerts <= busiest.total / 20,
    },
  ];
  await admin.query(NOTHING_DUE);
  return rows;
}

const outcomesAnswer = z.object({
  work: z.array(z.object({ id: z.string(), token: z.string() })),
});
const workAnswer = z.object({
  work: z.array(
    z.object({
      id: z.string(),
      token: z.string(),
      version: z.number(),
      slack_channel: z.string(),
      slack_ts: z.string(),
    }),
  ),
});
const stepsAnswer = z.object({
  now: z.string(),
  cases: z.array(
    z.object({ alert_id: z.string(), seen: z.string(), period: z.string(), status: z.string() }),
  ),
});
const followAnswer = z.object({ more: z.boolean() });
const busiestAnswer = z.object({
  rows: z.array(z.object({ alerts: z.number(), total: z.number() })),
});
const changesAnswer = z.object({ entered: z.array(z.unknown()), moved: z.boolean() });

function nothingNew(timed: Timed): Timed {
  const { entered, moved } = changesAnswer.parse(timed.answer);
  if (entered.length > 0 || moved) throw new Error('the measured poll found something new');
  return timed;
}

function nothingTaken(timed: Timed): Timed {
  if (workAnswer.parse(timed.answer).work.length > 0) throw new Error('something was due');
  return timed;
}

async function series(
  call: (run: number) => Promise<Timed>,
  runs = RUNS,
  warmUp = WARM_UP,
): Promise<Timed[]> {
  const timed: Timed[] = [];
  for (let run = 0; run < warmUp + runs; run++) {
    const one = await call(run);
    if (run >= warmUp) timed.push(one);
    // Fewer runs for a call that is far from its goal.
    if (timed.length >= 5 && one.ms > 1_000) break;
  }
  return timed;
}

/** Runs two compared calls in turns, so that disturbances affect both. */
async function inTurn(
  first: () => Promise<Timed>,
  second: () => Promise<Timed>,
): Promise<[Timed[], Timed[]]> {
  const timed: [Timed[], Timed[]] = [[], []];
  for (let run = -WARM_UP; run < 2 * RUNS; run++) {
    const pair = [await first(), await second()] as const;
    if (run < 0) continue;
    timed[0].push(pair[0]);
    timed[1].push(pair[1]);
  }
  return timed;
}

export function figures(timed: readonly Timed[]): Record<string, number> {
  const all = timed.map((one) => one.ms);
  return {
    runs: all.length,
    medianMs: median(all),
    p95Ms: p95(all),
    longestMs: longest(all),
    medianWithoutWaitingMs: median(timed.map(bareMs)),
  };
}

/** The median; on a busy machine, also without waiting for a CPU. */
export function spread(timed: readonly Timed[]): string {
  const middle = median(timed.map((one) => one.ms));
  const bare = median(timed.map(bareMs));
  return `${ms(middle)}${bare < 0.8 * middle ? ` (${ms(bare)} without waiting for a CPU)` : ''}`;
}

function row(what: string, timed: readonly Timed[], atMostMs: number, plain?: string): Row {
  return {
    what,
    goal: `≤ ${atMostMs} ms`,
    measured: spread(timed),
    ...(plain !== undefined && { plain }),
    met: median(timed.map((one) => one.ms)) <= atMostMs,
    figures: figures(timed),
  };
}

function ratio(what: string, [first, second]: [Timed[], Timed[]]): Row {
  const [a, b] = [median(first.map(bareMs)), median(second.map(bareMs))];
  return {
    what,
    goal: '≤ 1.5 ×',
    measured: `${(a / b).toFixed(2)} × (${ms(a)}, ${ms(b)})`,
    met: a <= 1.5 * b + NOISE_MS,
    figures: { first: figures(first), second: figures(second) },
  };
}
