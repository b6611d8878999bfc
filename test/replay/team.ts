import { z } from 'zod';
import type { GestureResult } from '../../src/core/alert.ts';
import type { Random } from '../kill/random.ts';
import type { EventQueue } from '../simulator/event-queue.ts';
import type { VirtualDatabase } from '../simulator/virtual-database.ts';
import type { Bot } from './bot.ts';
import type { WorkClock } from './calendar.ts';
import type { Absence, Person } from './people.ts';
import type { Post } from './posts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export type Act =
  | 'claim'
  | 'pass'
  | 'contact'
  | 'keep'
  | 'giveBack'
  | 'release'
  | 'handOver'
  | 'snooze'
  | 'notAFit'
  | 'outcome';

type Choices = readonly (readonly [probability: number, act: Act])[];

interface Answer {
  withinMs: number;
  /** The rest forgets it. */
  choices: Choices;
}

const OFFER: Answer = {
  withinMs: 40 * MINUTE_MS,
  choices: [
    [0.5, 'claim'],
    [0.15, 'pass'],
  ],
};

/** What readers do about a direct message, or about a row of a list. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  offer: OFFER,
  offers: OFFER,
  'hand-over': {
    withinMs: HOUR_MS,
    choices: [
      [0.6, 'keep'],
      [0.15, 'contact'],
      [0.12, 'giveBack'],
    ],
  },
  warning: {
    withinMs: 1.5 * HOUR_MS,
    choices: [
      [0.5, 'contact'],
      [0.22, 'keep'],
      [0.08, 'release'],
      [0.05, 'handOver'],
    ],
  },
  escalation: { withinMs: 2 * HOUR_MS, choices: [[0.3, 'handOver']] },
  'kept-again': { withinMs: 2 * HOUR_MS, choices: [[0.2, 'handOver']] },
  'follow-up': { withinMs: 3 * HOUR_MS, choices: [[0.65, 'outcome']] },
  mine: { withinMs: 4 * HOUR_MS, choices: [[0.25, 'contact']] },
};

/** What AEs do about a lead that they have just claimed or kept. */
const OWN: Answer = {
  withinMs: 5 * HOUR_MS,
  choices: [
    [0.7, 'contact'],
    [0.06, 'snooze'],
    [0.05, 'notAFit'],
    [0.03, 'handOver'],
    [0.04, 'release'],
  ],
};

const alertState = z.object({
  status: z.string(),
  owner: z.string().nullable(),
  hold: z.string().nullable(),
  closed: z.boolean(),
  holder: z.string().nullable(),
});

export interface TeamDeps {
  people: readonly Person[];
  /** By time zone. */
  clocks: ReadonlyMap<string, WorkClock>;
  absences: readonly Absence[];
  queue: EventQueue;
  database: VirtualDatabase;
  random: Random;
  /** Null during an outage. */
  bot: () => Bot | null;
  /** Called after each gesture. */
  acted: () => void;
}

/**
 * The AEs and their managers. They look at what Slack notifies them of, and now and then at the channel, in their
 * own working hours; they claim, contact, pass, hand over, snooze, and forget.
 */
export class Team {
  readonly #deps: TeamDeps;
  readonly #aes: readonly string[];
  readonly #managers: readonly string[];
  /** Number of answers per gesture: `claim ok`, `claim offered`. */
  readonly answers = new Map<string, number>();

  constructor(deps: TeamDeps) {
    this.#deps = deps;
    const users = (isManager: boolean) =>
      deps.people.filter((one) => one.isManager === isManager).map(({ user }) => user);
    this.#aes = users(false);
    this.#managers = users(true);
  }

  isAway(user: string, at: number): boolean {
    return this.#deps.absences.some((one) => one.user === user && one.from <= at && at < one.until);
  }

  /** Reacts to a new message in Slack. */
  notice(post: Post): void {
    const { random } = this.#deps;
    const [alert] = post.alerts;
    const reader = post.reader;
    switch (post.sort) {
      case 'card':
        if (alert !== undefined && random.chance(0.55)) this.#browse(alert.id, 4 * HOUR_MS);
        return;
      case 'rollup':
        for (const { id } of post.alerts) if (random.chance(0.5)) this.#browse(id, 7 * HOUR_MS);
        return;
      case 'digest':
        for (const { id, section } of post.alerts) {
          if (section === 'unclaimed' && random.chance(0.4)) this.#browse(id, 3 * HOUR_MS);
        }
        return;
      case 'reminder': {
        const named = post.mentions.filter((user) => this.#aes.includes(user));
        const who = random.pick(named.length > 0 ? named : this.#aes);
        for (const { id } of post.alerts) {
          if (who !== undefined && random.chance(0.6)) this.#soon(who, HOUR_MS, id, 'claim');
        }
        return;
      }
      case 'offered': {
        const [who] = post.mentions;
        if (alert !== undefined && who !== undefined) this.#answer(who, alert.id, '', 'offer');
        return;
      }
      case 'news': {
        const [who] = post.mentions;
        if (alert !== undefined && who !== undefined && random.chance(0.25)) {
          this.#soon(who, 3 * HOUR_MS, alert.id, 'contact');
        }
        return;
      }
    }
    if (reader === null) return;
    for (const { id, section } of post.alerts) this.#answer(reader, id, section ?? '', post.sort);
  }

  #answer(reader: string, alertId: string, why: string, sort: string): void {
    const isList = sort === 'morning' || sort === 'due';
    const answer = ANSWERS[isList ? why : sort];
    if (answer !== undefined) this.#oneOf(reader, answer.withinMs, alertId, answer.choices);
  }

  #oneOf(user: string, withinMs: number, alertId: string, choices: Choices): void {
    let dice = this.#deps.random.next();
    const chosen = choices.find(([probability]) => {
      dice -= probability;
      return dice < 0;
    });
    if (chosen !== undefined) this.#soon(user, withinMs, alertId, chosen[1]);
  }

  /** Somebody who is at work finds it in the channel. */
  #browse(alertId: string, withinMs: number): void {
    const { random, queue } = this.#deps;
    const after = random.between(MINUTE_MS, withinMs);
    const atWork = this.#aes.filter(
      (user) => this.#nextAtWork(user, queue.now + after) === queue.now + after,
    );
    const who = random.pick(atWork.length > 0 ? atWork : this.#aes);
    if (who !== undefined) this.#at(who, after, alertId, 'claim');
  }

  #soon(user: string, withinMs: number, alertId: string, act: Act): void {
    this.#at(user, this.#deps.random.between(MINUTE_MS, withinMs), alertId, act);
  }

  /** In their working hours. */
  #at(user: string, afterMs: number, alertId: string, act: Act): void {
    const { queue, random } = this.#deps;
    const wanted = queue.now + afterMs;
    const next = this.#nextAtWork(user, wanted);
    if (next === null) return;
    const at = next === wanted ? next : next + random.between(0, HOUR_MS);
    queue.after(at - queue.now, () => this.#act(user, alertId, act));
  }

  #nextAtWork(user: string, at: number): number | null {
    const person = this.#deps.people.find((one) => one.user === user);
    const clock = person && this.#deps.clocks.get(person.timeZone);
    let next = clock?.next(at) ?? null;
    while (next !== null) {
      const here = next;
      const absence = this.#deps.absences.find(
        (one) => one.user === user && one.from <= here && here < one.until,
      );
      if (absence === undefined) return here;
      next = clock?.next(absence.until) ?? null;
    }
    return null;
  }

  async #act(user: string, alertId: string, act: Act): Promise<void> {
    const { bot, database, queue, random } = this.#deps;
    const up = bot();
    if (up === null) {
      // The button doesn't answer. Some try again.
      if (random.chance(0.5)) this.#at(user, HOUR_MS, alertId, act);
      return;
    }
    const [row] = await database.read(
      queue.now,
      `select a.status, a.owner, a.hold, a.closed_at is not null as closed,
              (select o.holder from lead_bot.offers o where o.alert_id = a.id and o.ended_at is null) as holder
         from lead_bot.alerts a where a.id = '${alertId}'`,
    );
    if (row === undefined) return;
    const state = alertState.parse(row);
    // Nobody clicks what the card doesn't offer.
    if (state.closed || state.hold !== null) return;
    const isManager = this.#managers.includes(user);
    if (act === 'claim' && (state.status !== 'open' || (state.holder ?? user) !== user)) return;
    if (act === 'pass' && state.holder !== user) return;
    if (!['claim', 'pass'].includes(act) && state.owner !== user && !isManager) return;
    void this.#press(up, user, alertId, act, isManager);
  }

  async #press(
    bot: Bot,
    user: string,
    alertId: string,
    act: Act,
    isManager: boolean,
  ): Promise<void> {
    const { random } = this.#deps;
    const to = random.pick(this.#aes.filter((one) => one !== user)) ?? user;
    const result = await this.#call(bot, user, alertId, act, to, { isManager });
    const answer = `${act} ${result.ok ? 'ok' : result.refusal.why}`;
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
    bot.wake();
    this.#deps.acted();
    if (result.ok) this.#then(user, alertId, act, result);
  }

  #call(
    { alerts, process }: Bot,
    user: string,
    alertId: string,
    act: Act,
    to: string,
    rights: { isManager: boolean },
  ): Promise<GestureResult> {
    const { random } = this.#deps;
    const now = process.clock.now();
    switch (act) {
      case 'claim':
        return alerts.claim(alertId, user, rights);
      case 'pass':
        return alerts.pass(alertId, user);
      case 'contact':
        return alerts.contact(alertId, user, 'email', '', rights);
      case 'keep':
        return alerts.keep(alertId, user);
      case 'giveBack':
        return alerts.giveBack(alertId, user);
      case 'release':
        return alerts.release(alertId, user, rights);
      case 'handOver':
        return alerts.handOver(alertId, user, to, 'Yours?', rights);
      case 'snooze': {
        const wanted = now + random.between(1, 4) * DAY_MS;
        const until = this.#nextAtWork(user, wanted) ?? wanted;
        return alerts.snooze(alertId, user, new Date(until), rights);
      }
      case 'notAFit':
        return alerts.notAFit(alertId, user, 'student', '', 90 * DAY_MS, rights);
      case 'outcome': {
        const outcome = random.pick(['meeting', 'no-reply', 'won', 'lost'] as const) ?? 'meeting';
        return alerts.outcome(alertId, user, outcome, null, '', rights);
      }
    }
  }

  /** What they do next about it. */
  #then(user: string, alertId: string, act: Act, result: GestureResult & { ok: true }): void {
    const { random, queue } = this.#deps;
    const { undo } = result.picture.alert;
    if (random.chance(0.03) && undo !== null) {
      queue.after(random.between(1, 8) * MINUTE_MS, () => {
        const bot = this.#deps.bot();
        if (bot === null) return;
        void bot.alerts.undo(alertId, user, undo.id).then(() => {
          bot.wake();
          this.#deps.acted();
        });
      });
      return;
    }
    if (act === 'contact' && random.chance(0.45)) {
      this.#at(user, random.between(1, 8) * DAY_MS, alertId, 'outcome');
    }
    if (act !== 'claim' && act !== 'keep') return;
    this.#oneOf(user, OWN.withinMs, alertId, OWN.choices);
  }
}
