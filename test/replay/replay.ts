import type { WorkingHours } from '../../src/core/working-time.ts';
import { seeded } from '../kill/random.ts';
import { EventQueue } from '../simulator/event-queue.ts';
import { SimulatedProcess } from '../simulator/process.ts';
import { simulatedDatabase } from '../simulator/simulated-database.ts';
import { FaultBudget, simulatedMessenger } from '../simulator/simulated-slack.ts';
import type { VirtualDatabase } from '../simulator/virtual-database.ts';
import { type Bot, createBot, REARM_MS } from './bot.ts';
import { HOLIDAYS, WorkClock, wallOf, workingHours } from './calendar.ts';
import {
  type Absence,
  directoryOf,
  makePeople,
  type Person,
  planAbsences,
  TIME_ZONE,
} from './people.ts';
import { type Post, readPosts } from './posts.ts';
import { addLeadsSql, type Batch, batchSql, companyOf, HOT, planScores } from './scores.ts';
import { Team } from './team.ts';
import { Workspace } from './workspace.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const POLL_MS = 1_000;
/** Midnight of a Monday in TIME_ZONE, three weeks before summer time begins there. */
const STARTS_AT = new Date('2026-03-09T00:00:00+01:00').getTime();

export interface ReplaySettings {
  seed: number;
  days: number;
  leads: number;
  aes: number;
  /** Companies that turn hot on a working day, besides re-scores. */
  hotPerDay: number;
  /** Of the bot. Others than those of the team plant a bug. */
  hours?: WorkingHours;
  /** Called with a line per day. */
  say(line: string): void;
}

/** A stretch of time in which a company is hot. */
export interface HotTime {
  from: number;
  until: number | null;
}

/** What happened. */
export interface Evidence {
  startsAt: number;
  endsAt: number;
  people: readonly Person[];
  absences: readonly Absence[];
  outages: readonly { from: number; until: number }[];
  storms: readonly { at: number; turnedHot: number }[];
  posts: readonly Post[];
  /** By domain number. */
  hotTimes: ReadonlyMap<number, readonly HotTime[]>;
  /** Number of answers per gesture. */
  answers: ReadonlyMap<string, number>;
  polls: number;
  /** Per function of the database. */
  calls: ReadonlyMap<string, number>;
  updates: number;
  /** Errors and warnings of the bot, with how often. */
  complaints: ReadonlyMap<string, number>;
}

/** Replays some weeks of a sales team on an empty database. */
export function replay(database: VirtualDatabase, settings: ReplaySettings): Promise<Evidence> {
  return new Replay(database, settings).run();
}

class Replay {
  readonly #database: VirtualDatabase;
  readonly #settings: ReplaySettings;
  readonly #queue = new EventQueue(STARTS_AT);
  readonly #workspace = new Workspace();
  readonly #budget = new FaultBudget();
  readonly #people: readonly Person[];
  readonly #absences: readonly Absence[];
  /** Since when the bot knows of them. */
  readonly #known: Absence[] = [];
  readonly #endsAt: number;
  readonly #batches: readonly Batch[];
  readonly #outages: readonly { from: number; until: number }[];
  readonly #scores: number[];
  readonly #hotTimes = new Map<number, HotTime[]>();
  readonly #storms: { at: number; turnedHot: number }[] = [];
  readonly #posts: Post[] = [];
  readonly #complaints = new Map<string, number>();
  readonly #calls = new Map<string, number>();
  readonly #team: Team;
  #bot: Bot | null = null;
  #lastTransactionAt = 0;
  #cancelPoll = (): void => {};
  #polling = false;
  #polls = 0;
  #lastDue = 0;
  /** What was due until then stayed due after a poll. The bot would look each second; this looks once an hour. */
  #stuckUntil = 0;

  constructor(database: VirtualDatabase, settings: ReplaySettings) {
    const { seed, days, leads, aes, hotPerDay } = settings;
    this.#database = database;
    this.#settings = settings;
    this.#endsAt = STARTS_AT + days * DAY_MS;
    this.#people = makePeople(aes);
    this.#absences = planAbsences(this.#people, STARTS_AT, days, seeded(seed + 1));
    const at = (day: number, hour: number): number => STARTS_AT + day * DAY_MS + hour * HOUR_MS;
    const workday = (share: number): number => {
      let day = Math.floor(days * share);
      for (;;) {
        const { date, weekday } = wallOf(at(day, 12), TIME_ZONE);
        if (!['Sat', 'Sun'].includes(weekday) && !HOLIDAYS.includes(date)) return day;
        day += 1;
      }
    };
    const night = workday(((days - 1) / days) * 0.7);
    this.#outages = [
      { from: at(workday(0.4), 11.3), until: at(workday(0.4), 15.6) },
      { from: at(night, 21.5), until: at(night + 1, 7.2) },
    ];
    const { first, batches } = planScores({
      leads,
      days,
      startsAt: STARTS_AT,
      hotPerDay,
      storms: [
        { at: at(workday(0.28), 10), companies: hotPerDay },
        { at: at(workday(0.6), 16), companies: hotPerDay * 3 },
      ],
      random: seeded(seed + 2),
    });
    this.#batches = batches;
    this.#scores = [...first];
    const zones = new Set(this.#people.map(({ timeZone }) => timeZone));
    this.#team = new Team({
      people: this.#people,
      clocks: new Map(
        [...zones].map((zone) => [zone, new WorkClock(zone, STARTS_AT - DAY_MS, this.#endsAt)]),
      ),
      absences: this.#absences,
      queue: this.#queue,
      database,
      random: seeded(seed + 3),
      bot: () => this.#bot,
      acted: () => this.#planPollSoon(),
    });
  }

  async run(): Promise<Evidence> {
    await this.#database.read(this.#transactionAt(), addLeadsSql(this.#scores));
    this.#scores.forEach((score, lead) => {
      if (score >= HOT) this.#noteHeat(companyOf(lead, this.#scores.length), true);
    });
    this.#start();
    for (const { from, until } of this.#outages) {
      this.#at(from, () => this.#stop());
      if (until < this.#endsAt) this.#at(until, () => this.#start());
    }
    for (const batch of this.#batches) this.#at(batch.at, () => this.#score(batch));
    for (const absence of this.#absences) this.#at(absence.from, () => this.#leave(absence));
    for (let hour = 1; hour < this.#settings.days * 24; hour++) {
      const at = STARTS_AT + hour * HOUR_MS;
      // The hourly pass over open alerts.
      this.#at(at + 30_000, () => this.#planPoll(true));
      this.#at(at, () => this.#onTheHour(at));
    }
    while (await this.#queue.step(this.#endsAt)) {
      const arrivals = this.#workspace.takeArrivals();
      if (arrivals.length === 0) continue;
      const posts = await readPosts(this.#database, this.#queue.now, arrivals);
      this.#posts.push(...posts);
      for (const post of posts) this.#team.notice(post);
    }
    return {
      startsAt: STARTS_AT,
      endsAt: this.#endsAt,
      people: this.#people,
      absences: this.#known,
      outages: this.#outages,
      storms: this.#storms,
      posts: this.#posts,
      hotTimes: this.#hotTimes,
      answers: this.#team.answers,
      polls: this.#polls,
      calls: this.#calls,
      updates: this.#workspace.updates,
      complaints: this.#complaints,
    };
  }

  #at(at: number, run: () => void | Promise<void>): void {
    this.#queue.after(at - this.#queue.now, run);
  }

  /** Each transaction has its own millisecond. */
  #transactionAt(): number {
    this.#lastTransactionAt = Math.max(this.#queue.now, this.#lastTransactionAt + 1);
    return this.#lastTransactionAt;
  }

  #complain = (what: string): void => {
    this.#complaints.set(what, (this.#complaints.get(what) ?? 0) + 1);
  };

  #start(): void {
    const process = new SimulatedProcess('bot', this.#queue, 0);
    const world = {
      queue: this.#queue,
      slack: this.#workspace,
      nextFault: () => null,
      crash: () => {},
      note: () => {},
    };
    const complain = (event: string, fields?: { error?: unknown; reason?: unknown }): void => {
      const { error, reason } = fields ?? {};
      this.#complain(`${event} ${error instanceof Error ? error.message : (reason ?? '')}`);
    };
    const bot = createBot({
      process,
      database: simulatedDatabase(
        {
          ...world,
          latency: () => [1, 2],
          transact: this.#transact,
          isAway: () => false,
          unexpected: this.#complain,
        },
        process,
      ),
      messenger: simulatedMessenger({ ...world, latency: () => [40, 60] }, process, this.#budget),
      directory: directoryOf(this.#people),
      managers: this.#people.filter(({ isManager }) => isManager).map(({ user }) => user),
      hours: this.#settings.hours ?? workingHours(),
      log: { debug: () => {}, info: () => {}, warn: complain, error: complain },
    });
    this.#bot = bot;
    const begin = async (): Promise<void> => {
      await bot.start();
      await this.#poll(bot);
      await bot.checkDigest();
      await bot.tellMornings();
    };
    void begin().catch((error) => this.#complain(`start: ${error}`));
  }

  #stop(): void {
    this.#bot?.process.end();
    this.#bot = null;
    this.#polling = false;
    this.#cancelPoll();
  }

  #transact = async (name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> => {
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1);
    try {
      return await this.#database.call(this.#transactionAt(), name, args);
    } catch (error) {
      this.#complain(`${name} failed: ${error instanceof Error ? error.message : error}`);
      throw error;
    }
  };

  async #poll(bot: Bot): Promise<void> {
    if (this.#polling) return;
    this.#polling = true;
    this.#polls += 1;
    try {
      await bot.poll();
    } catch (error) {
      this.#complain(`poll: ${error instanceof Error ? error.message : error}`);
    }
    this.#polling = false;
    this.#planPollSoon();
  }

  #planPollSoon(): void {
    this.#queue.after(0, () => this.#planPoll());
  }

  /** The bot polls every second. Here only when a poll has something to do. */
  async #planPoll(isNow = false): Promise<void> {
    const bot = this.#bot;
    if (bot === null || this.#polling) return;
    const { now } = this.#queue;
    if (isNow) this.#stuckUntil = 0;
    const due = isNow ? now : await this.#nextDue();
    this.#cancelPoll();
    if (due === null) return;
    if (due <= now && due === this.#lastDue && !isNow) {
      this.#stuckUntil = due;
      this.#complain('something stays due after a poll');
      return this.#planPoll();
    }
    this.#lastDue = due;
    const wait = due > now ? Math.ceil((due - now) / POLL_MS) * POLL_MS : POLL_MS;
    this.#cancelPoll = this.#queue.after(wait, () => void this.#poll(bot));
  }

  async #nextDue(): Promise<number | null> {
    const rearm = `interval '${REARM_MS / 1_000} seconds'`;
    const [row] = await this.#database.read<{ at: string | null }>(
      this.#queue.now,
      `with due (at) as (
         select a.step_due_at from lead_bot.alerts a where a.closed_at is null
         union all
         select a.offer_due_at from lead_bot.alerts a
          where a.closed_at is null and a.status = 'open' and a.hold is null
         union all
         select o.until from lead_bot.offers o where o.ended_at is null
         union all
         select a.hold_until from lead_bot.alerts a where a.closed_at is null and a.hold is not null
         union all
         select a.cooling_since + ${rearm} from lead_bot.alerts a
          where a.closed_at is null and a.hold is distinct from 'not-a-fit'
            and (a.status <> 'claimed' or a.told_cold_at is null and a.hold is null)
         union all
         select (select sim.now() from lead_bot.lead_marks limit 1)
       )
       select extract(epoch from min(d.at)) * 1000 as at
         from due d
        where d.at > '${new Date(this.#stuckUntil).toISOString()}'`,
    );
    return row?.at == null ? null : Math.ceil(Number(row.at));
  }

  async #score(batch: Batch): Promise<void> {
    const { leads } = this.#settings;
    await this.#database.read(this.#transactionAt(), batchSql(batch));
    const touched = new Set([...batch.scores.keys()].map((lead) => companyOf(lead, leads)));
    for (const [lead, score] of batch.scores) this.#scores[lead] = score;
    const members = [...touched];
    let turnedHot = 0;
    for (const company of members)
      if (this.#noteHeat(company, this.#isHot(company))) turnedHot += 1;
    if (batch.isStorm) this.#storms.push({ at: this.#queue.now, turnedHot });
    await this.#planPoll();
  }

  #isHot(company: number): boolean {
    const { leads } = this.#settings;
    for (let lead = company; lead < leads; lead += Math.max(1, Math.round(leads / 2.5))) {
      if ((this.#scores[lead] ?? 0) >= HOT) return true;
    }
    return false;
  }

  /** Returns whether it has just turned hot. */
  #noteHeat(company: number, isHot: boolean): boolean {
    const times = this.#hotTimes.get(company) ?? [];
    this.#hotTimes.set(company, times);
    const last = times.at(-1);
    const wasHot = last !== undefined && last.until === null;
    if (isHot === wasHot) return false;
    if (isHot) times.push({ from: this.#queue.now, until: null });
    else if (last !== undefined) last.until = this.#queue.now;
    return isHot;
  }

  #leave(absence: Absence): void {
    const { user, until, cover } = absence;
    const bot = this.#bot;
    if (bot === null) {
      this.#queue.after(HOUR_MS, () => this.#leave(absence));
      return;
    }
    void bot.absences
      .set(user, new Date(until), cover)
      .then(() => {
        this.#known.push({ ...absence, from: this.#queue.now });
        this.#planPollSoon();
      })
      .catch((error) => this.#complain(`away: ${error}`));
  }

  #onTheHour(at: number): void {
    const { minutes, date, weekday } = wallOf(at, TIME_ZONE);
    const bot = this.#bot;
    if (minutes === 9 * 60 && bot !== null) void bot.checkDigest();
    // At nine in each time zone, and later for those who could not be told then.
    if (bot !== null) void bot.tellMornings();
    if (minutes === 3 * 60 && bot !== null) void bot.tidy();
    if (minutes !== 0) return;
    const many = this.#posts.length;
    this.#settings.say(`${weekday} ${date}: ${many} messages so far, ${this.#polls} polls`);
  }
}
