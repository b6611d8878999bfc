import { subMinutes } from 'date-fns/subMinutes';
import { z } from 'zod';
import type { OutcomeEvent } from '../../src/core/outcome-event.ts';
import type { PollPolicy } from '../../src/core/poll.ts';
import type { Messenger } from '../../src/core/ports.ts';
import { EventQueue } from './event-queue.ts';
import type { Fault } from './faults.ts';
import { countFault, type Figures, noFigures } from './figures.ts';
import { Gestures, type Press } from './gestures.ts';
import { findViolations } from './invariants.ts';
import {
  addLeads,
  deleteSql,
  domainSql,
  emailOf,
  firstScores,
  leadId,
  loadSql,
  SCORES,
  type Scores,
  scoresSql,
  triggersSql,
} from './leads.ts';
import { NudgeWatch } from './nudges.ts';
import { checkOutcomes } from './outcome-invariants.ts';
import { Pipeline } from './pipeline.ts';
import { SimulatedProcess } from './process.ts';
import { createReplica, homeDrawing, REARM_MS, type Replica } from './replica.ts';
import { GESTURES, type GestureName, LEADS, type Scenario, type Step } from './scenario.ts';
import { POLL_EVERY_MS, settle } from './settling.ts';
import { simulatedDatabase } from './simulated-database.ts';
import { FaultBudget, simulatedMessenger } from './simulated-slack.ts';
import { SlackModel } from './slack-model.ts';
import { SOON_MS } from './tables.ts';
import { UndoCheck } from './undo-check.ts';
import type { Transaction, VirtualDatabase } from './virtual-database.ts';
import { simulatedReceiver, webhookFault } from './webhook-receiver.ts';

export interface Outcome {
  /** Violated invariants in words; empty if all is well. */
  violations: string[];
  figures: Figures;
  /** Log of events; empty unless recorded. */
  history: string[];
}

export interface SimulationOptions {
  /** Records the history. */
  record?: boolean;
  /** Plants a bug in the bot's messenger, to check that the simulation catches it. */
  breakMessenger?: (messenger: Messenger) => Messenger;
}

const CARD_CHANNEL = 'C0HOTLEADS';
/** Nine o'clock in TIME_ZONE, when a digest is due. Daylight saving time began that night. */
const DIGEST_AT = new Date('2026-03-29T09:00:00+02:00');
/** Between two gestures of a user on one alert. */
const THINKING_MS = 3_000;
/** A run takes a few hundred events. More mean that the bots loop forever. */
const MOST_EVENTS = 5_000;

const homeRow = z.object({
  payload: z.object({
    user: z.string(),
    pages: z.object({ mine: z.number(), unclaimed: z.number() }),
  }),
  plain: z.boolean(),
});

interface Slot {
  replica: Replica;
  restarts: number;
}

/** In these seeds everyone who presses something has Home open. */
const opensHomes = (seed: number): boolean =>
  seed % 20 === 10 || seed % 50 === 23 || seed % 50 === 37;

/** In these seeds the bots send webhooks. */
const sendsOutcomes = (seed: number): boolean =>
  seed % 5 === 1 || seed % 20 === 7 || seed % 20 === 13;

/** Runs a scenario on empty tables. */
export async function simulate(
  database: VirtualDatabase,
  seed: number,
  scenario: Scenario,
  options: SimulationOptions = {},
): Promise<Outcome> {
  await database.begin(seed);
  try {
    return await new Simulation(database, seed, scenario, options).run();
  } finally {
    await database.rollback();
  }
}

class Simulation {
  readonly #database: VirtualDatabase;
  readonly #scenario: Scenario;
  readonly #options: SimulationOptions;
  readonly #opensHomes: boolean;
  readonly #sendsOutcomes: boolean;
  readonly #webhookRandom: () => number;
  /** What has reached the receiver of webhooks. */
  readonly #webhooks: OutcomeEvent[] = [];
  /** When bots asked for webhooks to send. */
  readonly #outcomesAskedAt: number[] = [];
  readonly #queue: EventQueue;
  readonly #slack = new SlackModel();
  readonly #faultBudget = new FaultBudget();
  readonly #pipeline = new Pipeline();
  readonly #figures: Figures = { ...noFigures(), seeds: 1 };
  readonly #history: string[] = [];
  readonly #unexpected: string[] = [];
  readonly #startedAt: number;
  readonly #gestures: Gestures;
  readonly #undoCheck: UndoCheck;
  readonly #nudges: NudgeWatch | null;
  /** The last one to have first call on each alert. */
  readonly #offeredTo = new Map<string, string>();
  readonly #policy: PollPolicy;
  readonly #slots: Slot[] = [];
  readonly #random: () => number;
  #databaseAwayUntil = 0;
  #lastTransactionAt = 0;
  #openTransactions = 0;
  #calm = false;
  #reloaded = false;
  #loadedAt = Number.NEGATIVE_INFINITY;
  #events = 0;
  #presses = 0;
  /** When the last successful poll began. */
  #polledAt = Number.NEGATIVE_INFINITY;
  readonly #newestTake = { nothingLeft: false };

  constructor(
    database: VirtualDatabase,
    seed: number,
    scenario: Scenario,
    options: SimulationOptions,
  ) {
    this.#opensHomes = opensHomes(seed);
    this.#sendsOutcomes = sendsOutcomes(seed);
    this.#webhookRandom = mulberry32(seed);
    this.#database = database;
    this.#scenario = scenario;
    this.#options = options;
    this.#startedAt = subMinutes(DIGEST_AT, scenario.startsBefore).getTime();
    this.#queue = new EventQueue(this.#startedAt);
    this.#random = mulberry32(scenario.latencySeed);
    this.#gestures = new Gestures((line) => this.#note(line));
    const read = (text: string) => database.read(this.#transactionAt(), text);
    this.#undoCheck = new UndoCheck(read);
    this.#nudges =
      scenario.ladder &&
      new NudgeWatch(scenario.ladder, fastestClock(scenario), read, (violation) =>
        this.#unexpected.push(violation),
      );
    if (this.#nudges !== null) this.#slack.firstShown = this.#nudges.posted;
    this.#policy = {
      channel: CARD_CHANNEL,
      firstRun: scenario.firstRun,
      maxCardsPerPoll: scenario.maxCardsPerPoll,
      offerTo: scenario.offerTo,
      rearmAfterMs: REARM_MS,
    };
  }

  async run(): Promise<Outcome> {
    await this.#database.read(this.#transactionAt(), addLeads());
    if (this.#scenario.leadsFirst) await this.#triggers(false);
    await this.#write(firstScores(this.#scenario.hot), this.#database.open(this.#transactionAt()));
    await this.#triggers(this.#scenario.triggers);
    // No card shows these changes yet.
    this.#pipeline.missedByTriggers = false;
    for (let index = 0; index < this.#scenario.replicas; index++) {
      this.#slots.push({
        replica: this.#newReplica(index, 0, this.#scenario.skew[index] ?? 0),
        restarts: 0,
      });
    }
    for (const slot of this.#slots) this.#start(slot);
    for (const { afterMs, step } of this.#scenario.steps) {
      const at = this.#queue.now + afterMs;
      while (await this.#step(at));
      this.#figures.steps += 1;
      if (step.kind === 'jump') await this.#jump(step);
      else this.#take(step);
    }
    const settled = await this.#settle();
    if (!settled) await this.#noteWhatIsLeft();
    const violations = settled
      ? await findViolations({
          read: (text) => this.#database.read(this.#transactionAt(), text),
          slack: this.#slack,
          gestures: this.#gestures,
          pipeline: this.#pipeline,
          firstRun: this.#scenario.firstRun,
          polledAt: this.#polledAt,
          told: this.#nudges?.told ?? [],
        })
      : ['the run never settles'];
    return {
      violations: [
        ...this.#unexpected,
        ...violations,
        ...(settled ? await this.#staleHomes() : []),
        ...(settled && this.#sendsOutcomes ? await this.#outcomeViolations() : []),
      ],
      figures: this.#finalFigures(),
      history: this.#history,
    };
  }

  #outcomeViolations(): Promise<string[]> {
    const read = (text: string) => this.#database.read(this.#transactionAt(), text);
    return checkOutcomes(read, this.#webhooks, this.#outcomesAskedAt);
  }

  #finalFigures(): Figures {
    const figures = this.#figures;
    figures.postedTwice = this.#slack.duplicates.length;
    if (figures.faults.jump === undefined) {
      figures.longestTwiceMs = Math.max(
        0,
        ...this.#slack.duplicates.map(({ since, until }) => (until ?? this.#queue.now) - since),
      );
    }
    figures.webhooks = this.#webhooks.length;
    figures.webhookEvents = new Set(this.#webhooks.map(({ id }) => id)).size;
    figures.gestures = this.#gestures.confirmed();
    for (const { kind } of this.#nudges?.told ?? []) {
      figures.told[kind] = (figures.told[kind] ?? 0) + 1;
    }
    figures.messages = new Set(this.#slack.messages.map(({ messageId }) => messageId)).size;
    return figures;
  }

  #note = (line: () => string): void => {
    if (!this.#options.record) return;
    const seconds = ((this.#queue.now - this.#startedAt) / 1_000).toFixed(3);
    this.#history.push(`${seconds.padStart(9)} ${line()}`);
  };

  /** Each transaction has its own millisecond. */
  #transactionAt(): number {
    this.#lastTransactionAt = Math.max(this.#queue.now, this.#lastTransactionAt + 1);
    return this.#lastTransactionAt;
  }

  #latency = (): readonly [number, number] => [
    Math.ceil(this.#random() ** 3 * 400),
    Math.ceil(this.#random() ** 3 * 400),
  ];

  #newReplica(index: number, restarts: number, skewMs: number): Replica {
    const name = `${'ABCD'[index] ?? index}${restarts === 0 ? '' : restarts}`;
    const process = new SimulatedProcess(name, this.#queue, skewMs);
    const world = {
      queue: this.#queue,
      slack: this.#slack,
      latency: this.#latency,
      note: this.#note,
      crash: (caller: SimulatedProcess, downMs: number) => this.#crash(caller, downMs),
    };
    const faults = (calls: 'databaseCalls' | 'slackCalls') => (caller: SimulatedProcess) => {
      const planned =
        calls === 'slackCalls' ? this.#scenario.slackFaults : this.#scenario.databaseFaults;
      const call = this.#figures[calls]++;
      const fault = this.#calm ? undefined : planned.find((one) => one.call === call);
      if (fault === undefined) return null;
      if (fault.kind.startsWith('crash') && !this.#mayCrash(caller)) return null;
      countFault(this.#figures, fault.kind);
      return fault;
    };
    const messenger = simulatedMessenger(
      { ...world, nextFault: faults('slackCalls') },
      process,
      this.#faultBudget,
    );
    return createReplica({
      process,
      database: simulatedDatabase(
        {
          ...world,
          nextFault: faults('databaseCalls'),
          transact: this.#transact,
          isAway: () => this.#databaseAwayUntil > this.#queue.now,
          unexpected: (what) => this.#unexpected.push(what),
        },
        process,
      ),
      messenger: this.#options.breakMessenger?.(messenger) ?? messenger,
      policy: this.#policy,
      rotation: this.#scenario.rotation,
      firstCallMs: this.#scenario.firstCallMs,
      ladder: this.#scenario.ladder,
      receiver: this.#sendsOutcomes
        ? simulatedReceiver(
            { ...world, arrived: this.#webhooks, nextFault: this.#nextWebhookFault },
            process,
          )
        : null,
      polled: (begunAt) => this.#polled(name, begunAt),
      log: {
        debug: () => {},
        info: () => {},
        warn: (event) => this.#note(() => `${name} warns: ${event}`),
        error: (event, fields) =>
          this.#note(() => `${name} error: ${event} ${fields?.error ?? fields?.reason ?? ''}`),
      },
    });
  }

  #nextWebhookFault = (caller: SimulatedProcess): Fault | null => {
    if (this.#calm) return null;
    const fault = webhookFault(this.#webhookRandom, this.#webhooks.length);
    if (fault === null || (fault.kind.startsWith('crash') && !this.#mayCrash(caller))) return null;
    countFault(this.#figures, fault.kind);
    return fault;
  };

  #transact = async (name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> => {
    try {
      const answer = await this.#call(name, args);
      if (name === 'lead_bot_take') {
        await this.#nudges?.take(answer, this.#lastTransactionAt);
        this.#newestTake.nothingLeft = nothingLeftIn(answer);
      }
      if (name === 'lead_bot_take_outcomes') this.#outcomesAskedAt.push(this.#lastTransactionAt);
      return answer;
    } catch (error) {
      this.#unexpected.push(`${name} failed: ${error instanceof Error ? error.message : error}`);
      throw error;
    }
  };

  async #call(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const call = () => this.#database.call(this.#transactionAt(), name, args);
    const { p_alert_id: alertId, p_user: user, p_holder: holder, p_undo_id: undoId } = args;
    if (typeof alertId === 'string' && typeof holder === 'string') {
      const isMade = await call();
      if (isMade === true) this.#offered(alertId, holder);
      return isMade;
    }
    if (typeof alertId !== 'string' || user === undefined) return call();
    const undone = typeof undoId === 'string' ? undoId : null;
    const { answer, violation } = await this.#undoCheck.around(alertId, undone, call);
    if (violation !== null) this.#unexpected.push(violation);
    return answer;
  }

  #offered(alertId: string, holder: string): void {
    this.#figures.offers += 1;
    this.#offeredTo.set(alertId, holder);
    this.#note(() => `${holder} has first call on ${alertId.slice(0, 4)}`);
  }

  #start({ replica }: Slot): void {
    replica.start();
    void replica
      .poll()
      .catch(() => {})
      .then(() => replica.checkDigest())
      .catch(() => {});
    // Without marks, the first poll only takes stock.
    for (const afterMs of [POLL_EVERY_MS, 2 * POLL_EVERY_MS]) {
      this.#queue.after(afterMs, () =>
        replica.process.when(() => void replica.poll().catch(() => {})),
      );
    }
  }

  #mayCrash(process: SimulatedProcess): boolean {
    return process.alive && process.mustReport.size === 0;
  }

  #crash(process: SimulatedProcess, downMs: number): void {
    if (!this.#mayCrash(process)) return;
    const slot = this.#slots.find(({ replica }) => replica.process === process);
    if (slot === undefined) return;
    this.#note(() => `${process.name} dies`);
    this.#figures.crashes += 1;
    process.end();
    this.#queue.after(this.#calm ? 0 : downMs, () => this.#restart(slot));
  }

  #restart(slot: Slot): void {
    if (slot.replica.process.alive) return;
    slot.restarts += 1;
    const { skewMs } = slot.replica.process;
    slot.replica = this.#newReplica(this.#slots.indexOf(slot), slot.restarts, skewMs);
    this.#note(() => `${slot.replica.process.name} starts`);
    this.#start(slot);
  }

  #slot(number: number): Slot {
    const slot = this.#slots[number % this.#slots.length];
    if (slot === undefined) throw new Error('a scenario has at least one replica');
    return slot;
  }

  /** The bots are stopped in a moment in which nothing is on its way. */
  async #jump({ ms, replicas, answer }: Step & { kind: 'jump' }): Promise<void> {
    while (
      this.#queue.underWay > 0 ||
      this.#openTransactions > 0 ||
      this.#slots.some(({ replica: { process } }) => process.frozen)
    ) {
      if (!(await this.#step(Number.POSITIVE_INFINITY))) return;
    }
    this.#note(() => `${ms / 60_000} minutes pass`);
    countFault(this.#figures, 'jump');
    this.#queue.skip(ms);
    for (const number of replicas) {
      const { replica } = this.#slot(number);
      replica.process.when(() => {
        void replica.poll().catch(() => {});
        void replica.greet();
      });
    }
    if (answer === null) return;
    const { afterMs, gesture, lead } = answer;
    this.#queue.after(afterMs, () => {
      const owned = this.#gestures.owned();
      const { alertId, owner } = owned[lead % owned.length] ?? {};
      if (alertId === undefined || owner === undefined) return;
      this.#presses += 1;
      const press = { gesture, alertId, user: owner, holdMs: ms, note: `${this.#presses}` };
      const { replica } = this.#slot(lead);
      replica.process.when(() => void this.#gestures.press(replica, press));
    });
  }

  #take(step: Exclude<Step, { kind: 'jump' }>): void {
    switch (step.kind) {
      case 'poll':
      case 'tidy': {
        const { replica } = this.#slot(step.replica);
        replica.process.when(() => void replica[step.kind]().catch(() => {}));
        return;
      }
      case 'digest': {
        const { replica } = this.#slot(step.replica);
        replica.process.when(() => void replica.checkDigest().catch(() => {}));
        return;
      }
      case 'score':
        this.#score(step);
        return;
      case 'press': {
        const { replica } = this.#slot(step.replica);
        const alertId = this.#slack.alertOnCard(step.card);
        if (alertId === null) return;
        const press = this.#newPress(step, step.gesture, alertId);
        if (this.#opensHomes) this.#openHome(press.user, replica);
        replica.process.when(() => void this.#gestures.press(replica, press));
        if (step.times > 1) this.#pressAgain(step, press);
        for (const [index, gesture] of step.next.entries()) {
          this.#queue.after((index + 1) * THINKING_MS, () => {
            const { replica: other } = this.#slot(step.replica + index + 1);
            const more = this.#newPress(step, gesture, alertId);
            other.process.when(() => void this.#gestures.press(other, more));
          });
        }
        return;
      }
      case 'away': {
        const { replica } = this.#slot(step.replica);
        const until = new Date(this.#queue.now + step.ms);
        const cover = step.cover === step.user || step.cover === null ? null : `U${step.cover}`;
        replica.process.when(
          () => void replica.absences.set(`U${step.user}`, until, cover).catch(() => {}),
        );
        return;
      }
      case 'mute': {
        const { replica } = this.#slot(step.replica);
        const { user, what, isMuted } = step;
        replica.process.when(
          () => void replica.directSettings.mute(`U${user}`, what, isMuted).catch(() => {}),
        );
        return;
      }
      case 'crash':
        this.#crash(this.#slot(step.replica).replica.process, step.downMs);
        return;
      case 'freeze': {
        const { process } = this.#slot(step.replica).replica;
        this.#note(() => `${process.name} freezes for ${step.ms / 1_000} s`);
        countFault(this.#figures, 'freeze');
        process.freeze(step.ms);
        return;
      }
      case 'clock': {
        const { process } = this.#slot(step.replica).replica;
        countFault(this.#figures, 'clock');
        process.skewMs = step.ms;
        this.#note(() => `the clock of ${process.name} is ${step.ms} ms off`);
        return;
      }
      case 'slack refuses':
        this.#note(() => `Slack refuses ${step.channel}: ${step.code} for ${step.ms / 1_000} s`);
        countFault(this.#figures, 'slack refuses');
        this.#slack.refuse(step.channel, step.code, this.#queue.now + step.ms);
        return;
      case 'database away':
        this.#note(() => `the database is down for ${step.ms / 1_000} s`);
        countFault(this.#figures, 'database away');
        this.#databaseAwayUntil = this.#queue.now + step.ms;
        return;
      case 'card deleted': {
        const messageId = this.#slack.cardNumber(step.card);
        if (messageId === null) return;
        this.#note(() => `a user deletes ${messageId.slice(0, 4)}`);
        this.#slack.removeByUser(this.#queue.now, messageId);
        return;
      }
      case 'lead deleted':
        this.#later('lead deleted', 0, async () => {
          await this.#database.read(this.#transactionAt(), deleteSql(step.lead));
          this.#pipeline.deleted(step.lead, this.#queue.now);
        });
        return;
      case 'domain':
        this.#later(`lead ${step.lead} gets domain ${step.domain}`, 0, async () => {
          await this.#database.read(this.#transactionAt(), domainSql(step.lead, step.domain));
          this.#pipeline.domainChanged(step.lead, step.domain);
        });
        return;
      case 'triggers':
        this.#later(`triggers ${step.enabled ? 'enabled' : 'disabled'}`, 0, () =>
          this.#triggers(step.enabled),
        );
        return;
      case 'reload':
        this.#reload(step);
        return;
    }
  }

  #openHome(user: string, { process, homes, wake }: Replica): void {
    process.when(
      () =>
        void homes
          .open(user)
          .then(wake)
          .catch(() => {}),
    );
  }

  /** Each Home tab that was opened within a day shows what the rows say. One that Slack refused is tried again later. */
  async #staleHomes(): Promise<string[]> {
    const rows = await this.#database.read(
      this.#transactionAt(),
      `select m.payload, m.plain from lead_bot.messages m
        where m.kind = 'home' and m.looked_at > sim.now() - interval '23 hours'
          and (m.last_error is null or m.next_try_at <= sim.now() + interval '${SOON_MS} milliseconds')`,
    );
    const draw = homeDrawing(
      {
        call: async (name, args, answer) =>
          answer.parse(await this.#database.call(this.#transactionAt(), name, args)),
      },
      this.#scenario.ladder,
    );
    const stale: string[] = [];
    for (const { payload, plain } of z.array(homeRow).parse(rows)) {
      const drawn = await draw({ kind: 'home', ...payload, isIdle: false }, plain);
      const shown = this.#slack.homes.get(payload.user);
      if (JSON.stringify(drawn.blocks) === JSON.stringify(shown?.blocks)) continue;
      stale.push(`stale: the Home tab of ${payload.user} shows an old state`);
      this.#note(() => `shown ${JSON.stringify(shown?.blocks)}`);
      this.#note(() => `drawn ${JSON.stringify(drawn.blocks)}`);
    }
    return stale;
  }

  #newPress(
    { user, allowed, holdMs }: Step & { kind: 'press' },
    gesture: GestureName,
    alertId: string,
  ): Omit<Press, 'result'> {
    this.#presses += 1;
    const offeredTo = this.#offeredTo.get(alertId) ?? null;
    const who = allowed ? this.#gestures.allowed(gesture, alertId, offeredTo) : null;
    return { gesture, alertId, user: who ?? `U${user}`, holdMs, note: `${this.#presses}` };
  }

  /** A double click, or another user with another bot at the same time. */
  #pressAgain(
    { replica, user, race }: Step & { kind: 'press' },
    press: Omit<Press, 'result'>,
  ): void {
    const { replica: second } = this.#slot(race ? replica + 1 : replica);
    const next = GESTURES[(GESTURES.indexOf(press.gesture) + 1) % GESTURES.length];
    const again =
      race && next !== undefined
        ? { ...press, gesture: next, user: `U${(user + 1) % 3}`, note: `${press.note}b` }
        : press;
    second.process.when(() => void this.#gestures.press(second, again));
  }

  /** The scoring pipeline writes a score in a transaction that may stay open for some time. */
  #score({ lead, score, openMs }: Step & { kind: 'score' }): void {
    this.#openTransactions += 1;
    this.#note(() => `score ${score} for lead ${lead}, commits in ${openMs} ms`);
    const transaction = this.#database.open(this.#transactionAt());
    this.#queue.after(openMs, async () => {
      await this.#write([[lead, score]], transaction);
      this.#openTransactions -= 1;
      this.#note(() => `score ${score} for lead ${lead} committed`);
    });
  }

  /** Schedules work of the pipeline. */
  #later(what: string, ms: number, work: () => Promise<void>): void {
    this.#openTransactions += 1;
    this.#queue.after(ms, async () => {
      await work();
      this.#openTransactions -= 1;
      this.#note(() => what);
    });
  }

  async #triggers(enabled: boolean): Promise<void> {
    if (enabled === this.#pipeline.triggers) return;
    await this.#database.read(this.#transactionAt(), triggersSql(enabled));
    this.#pipeline.triggers = enabled;
  }

  /** Deletes all scores and reloads them in two transactions. */
  #reload({ firstHalf, gapMs }: Step & { kind: 'reload' }): void {
    // At most one reload per run: a lead that two sweeps miss leaves, even if it was there in between.
    if (this.#reloaded) return;
    this.#reloaded = true;
    const first = new Set(LEADS.slice(0, firstHalf).map(leadId));
    this.#later('first part of the scores reloaded', 0, async () => {
      const [row] = await this.#database.read(this.#transactionAt(), SCORES);
      const scores = z.array(z.looseObject({ developer_id: z.string() })).parse(row?.['scores']);
      const rest = scores.filter((one) => !first.has(one.developer_id));
      const begun = scores.filter((one) => first.has(one.developer_id));
      this.#pipeline.loading = true;
      this.#pipeline.reloaded();
      await this.#database.read(
        this.#transactionAt(),
        `delete from public.lead_scores; ${loadSql(begun)}`,
      );
      this.#later('rest of the scores reloaded', gapMs, async () => {
        await this.#database.read(this.#transactionAt(), loadSql(rest));
        this.#pipeline.reloaded();
        this.#pipeline.loading = false;
        this.#loadedAt = this.#queue.now;
      });
    });
  }

  async #write(scores: Scores, { begunAt, commit }: Transaction): Promise<void> {
    await commit(scoresSql(scores));
    this.#pipeline.committed(scores, begunAt, this.#queue.now);
  }

  /**
   * A successful poll must pick up every lead that was hot when it began. Exceptions, left to the next poll:
   * polls that began before the first run was over, and leads whose alert this poll closed.
   */
  #polled(caller: string, begunAt: number): void {
    this.#polledAt = Math.max(this.#polledAt, begunAt);
    this.#queue.after(0, async () => {
      if (this.#pipeline.loading || this.#loadedAt >= begunAt) return;
      const hot = this.#pipeline.hotSince(begunAt);
      if (hot.length === 0) return;
      const since = new Date(begunAt).toISOString();
      const entered = await this.#database.read<{ developer_id: string }>(
        this.#transactionAt(),
        `select m.developer_id from lead_bot.alert_leads m
           join lead_bot.alerts a on a.id = m.alert_id
          where coalesce(a.closed_at >= '${since}', true)
          union all
         select d.id from public.developer_signups d
          where not exists (select from lead_bot.poll_state p where p.first_poll_at < '${since}')`,
      );
      for (const lead of hot) {
        if (entered.some((one) => one.developer_id === leadId(lead))) continue;
        this.#unexpected.push(
          `late: ${emailOf(lead)} was hot when ${caller} polled, but did not enter`,
        );
      }
    });
  }

  async #noteWhatIsLeft(): Promise<void> {
    const left = await this.#database.read(
      this.#transactionAt(),
      `select m.* from lead_bot.messages m where m.due_at <= sim.now() or m.lease_token is not null`,
    );
    for (const one of left) this.#note(() => `left: ${JSON.stringify(one)}`);
  }

  /** Stops all faults and runs until everything settles. Returns false if it never does. */
  async #settle(): Promise<boolean> {
    this.#note(() => 'no more faults');
    this.#calm = true;
    this.#slack.clearRefusals();
    this.#databaseAwayUntil = 0;
    const calmSince = this.#queue.now;
    for (const slot of this.#slots) this.#restart(slot);
    const isSettled = await settle({
      queue: this.#queue,
      pipeline: this.#pipeline,
      replicas: () => this.#slots.map(({ replica }) => replica),
      step: (until) => this.#step(until),
      read: (text) => this.#database.read(this.#transactionAt(), text),
      openTransactions: () => this.#openTransactions,
      newestTake: this.#newestTake,
      takesSteps: this.#scenario.ladder !== null,
      sendsOutcomes: this.#sendsOutcomes,
    });
    this.#figures.longestSettlingMs = isSettled ? this.#queue.now - calmSince : 0;
    return isSettled;
  }

  async #step(until: number): Promise<boolean> {
    this.#events += 1;
    return this.#events <= MOST_EVENTS && (await this.#queue.step(until));
  }
}

function nothingLeftIn(answer: unknown): boolean {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'next_due_ms' in answer &&
    (answer.next_due_ms === null ||
      (typeof answer.next_due_ms === 'number' && answer.next_due_ms > SOON_MS))
  );
}

/** By how many milliseconds a bot's clock may be ahead. */
const fastestClock = ({ skew, steps }: Scenario): number =>
  Math.max(0, ...skew, ...steps.map(({ step }) => (step.kind === 'clock' ? step.ms : 0)));

/** A seeded random number generator. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
