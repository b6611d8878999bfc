import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { ids } from '../../blocks/ids.ts';
import { STATES } from '../../blocks/state.ts';
import type { ActionResult, Call, LocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import { CHANNEL } from './big-database.ts';

export const loadOptions = z.object({
  perSecond: z.number(),
  seconds: z.number(),
  /** How long the last cards may take. */
  settleSeconds: z.number(),
  /** Companies to look up. */
  domains: z.array(z.string()).min(1),
});
export type LoadOptions = z.infer<typeof loadOptions>;

const kind = z.enum(['claim', 'release', 'contact', 'snooze', 'details', 'look up', 'submit']);
type Kind = z.infer<typeof kind>;

export const loadFigures = z.object({
  gestures: z.partialRecord(kind, z.number()),
  /** Milliseconds from sending a gesture until Slack had its acknowledgement. */
  acknowledgedMs: z.array(z.number()),
  /** The part of them that were submitted forms, which the bot saves first. */
  submittedMs: z.array(z.number()),
  /** Milliseconds from sending a gesture until its card, or one of a later gesture, arrived. In order of arrival. */
  cardMs: z.array(z.number()),
  /** By what Slack's client would show, how often. */
  failures: z.record(z.string(), z.number()),
  /** By alert, what the last gesture made of it, and what its card shows. */
  alerts: z.record(z.string(), z.object({ expected: z.string(), shown: z.string() })),
  /** From the last gesture until the last card; null if some never came. */
  caughtUpMs: z.number().nullable(),
  /** How late timers of the generator's process were: what its own slowness adds to the above. */
  lateMs: z.object({ p95: z.number(), longest: z.number() }),
});
export type LoadFigures = z.infer<typeof loadFigures>;

interface Card {
  ts: string;
  alertId: string;
  /** As `stateIn` has it. */
  shown: string;
  expected: string;
  owner: string | null;
  /** When the gestures were made that it doesn't show yet. */
  waiting: number[];
  /** Someone is at it. */
  isBusy: boolean;
  gesturedAt: number;
}

/** A form that someone has opened. */
interface Form {
  user: string;
  kind: 'contact' | 'snooze';
  card: Card;
  openedAt: number;
  /** The view that was on top before. */
  before: string | null;
}

/** How often each is made. Each form that is opened is submitted, too. */
const SHARES: Readonly<Record<Exclude<Kind, 'submit'>, number>> = {
  claim: 32,
  release: 24,
  contact: 6,
  snooze: 3,
  details: 14,
  'look up': 12,
};
const MIX = kind
  .exclude(['submit'])
  .options.flatMap((one) => Array.from({ length: SHARES[one] }, () => one));
/** So that the gesture before is through, even if its card waits. */
const NEXT_GESTURE_AFTER_MS = 3_000;
const FORM_WITHIN_MS = 10_000;

/** Lets the users of a local Slack make gestures at a steady rate, whether or not the bot keeps up. */
export function createLoad(slack: LocalSlack): {
  /** To be told of every call of the bot. */
  noteCall(call: Call): void;
  run(options: LoadOptions, onProgress: (line: string) => void): Promise<LoadFigures>;
} {
  const cards = new Map<string, Card>();
  const cardMs: number[] = [];

  function noteCall({ method, args, answer }: Call): void {
    if (method !== 'chat.update' || answer?.ok !== true) return;
    const card = cards.get(String(args['ts']));
    if (card === undefined) return;
    card.shown = stateIn(String(args['text']));
    if (card.shown !== card.expected) return;
    const now = performance.now();
    for (const at of card.waiting) cardMs.push(now - at);
    card.waiting = [];
    card.isBusy = false;
  }

  async function run(options: LoadOptions, onProgress: (line: string) => void) {
    const { perSecond, seconds, settleSeconds, domains } = options;
    cards.clear();
    cardMs.length = 0;
    for (const { ts, text, blocks } of slack.messages(CHANNEL)) {
      const alertId = new RegExp(`"${ids.details}".*?"value":"([^"]+)"`).exec(
        JSON.stringify(blocks),
      )?.[1];
      if (alertId === undefined) continue;
      const shown = stateIn(text);
      const owner = shown.split(' ')[1] ?? null;
      const state = { shown, expected: shown, owner, waiting: [], isBusy: false, gesturedAt: 0 };
      cards.set(ts, { ts, alertId, ...state });
    }
    const all = [...cards.values()];
    const users = slack.people.map(({ id }) => id);
    const random = randomNumbers(1);
    const pick = <Item>(items: readonly Item[]): Item | undefined =>
      items[Math.floor(random() * items.length)];

    const gestures: Partial<Record<Kind, number>> = {};
    const acknowledgedMs: number[] = [];
    const submittedMs: number[] = [];
    const failures = new Map<string, number>();
    const fail = (why: string): void => void failures.set(why, (failures.get(why) ?? 0) + 1);
    const underWay = new Set<Promise<void>>();
    const forms: Form[] = [];
    let lastAt = 0;

    const send = (kind: Kind, make: () => Promise<ActionResult>): void => {
      const at = performance.now();
      lastAt = at;
      gestures[kind] = (gestures[kind] ?? 0) + 1;
      const work = make().then((result) => {
        const took = performance.now() - at;
        acknowledgedMs.push(took);
        if (kind === 'submit') submittedMs.push(took);
        if (!result.ok) fail(`${kind}: ${result.error}`);
      });
      underWay.add(work);
      void work.finally(() => underWay.delete(work));
    };
    const change = (card: Card, expected: string, owner: string | null): void => {
      card.expected = expected;
      card.owner = owner;
      card.waiting.push(performance.now());
      card.isBusy = true;
      card.gesturedAt = performance.now();
    };
    const at = ({ ts }: Card) => ({ in: 'message', channel: CHANNEL, ts }) as const;
    const button = (card: Card, user: string, actionId: string) => () =>
      slack.pressWith(user, at(card), { action_id: actionId, value: card.alertId });
    const menu = (card: Card, user: string, action: string) => () =>
      slack.pressWith(user, at(card), {
        type: 'overflow',
        action_id: ids.more,
        selected_option: { value: `${action}:${card.alertId}` },
      });
    const isFree = (card: Card): boolean =>
      !card.isBusy || performance.now() - card.gesturedAt > NEXT_GESTURE_AFTER_MS;
    const freeCard = (state: string): Card | undefined => {
      // Looking at a few is cheaper than filtering all.
      for (let tries = 0; tries < 200; tries++) {
        const card = pick(all);
        if (card !== undefined && card.expected.split(' ')[0] === state && isFree(card))
          return card;
      }
      return undefined;
    };

    const hasForm = (user: string): boolean => forms.some((form) => form.user === user);
    /** Submits the first form that has been filled; false if there is none. */
    const submitForm = (): boolean => {
      for (const [index, form] of forms.entries()) {
        const { user, kind, card, openedAt, before } = form;
        const view = slack.views(user).at(-1);
        const isReady = view?.id !== before && view?.view.callback_id === FORMS[kind].modal;
        if (!isReady && performance.now() - openedAt < FORM_WITHIN_MS) continue;
        forms.splice(index, 1);
        if (view === undefined || !isReady) {
          fail(`${kind}: no form after ${FORM_WITHIN_MS} ms`);
          card.isBusy = false;
          continue;
        }
        change(card, FORMS[kind].makes(card.owner), card.owner);
        send('submit', () => slack.submit(user, view.id, FORMS[kind].entries));
        return true;
      }
      return false;
    };

    /** False if nobody can make such a gesture now. */
    const make = (kind: Exclude<Kind, 'submit'>, user: string): boolean => {
      switch (kind) {
        case 'claim': {
          const card = freeCard('open');
          if (card === undefined) return false;
          change(card, `claimed ${user}`, user);
          send(kind, button(card, user, ids.claim));
          return true;
        }
        case 'release': {
          const card = freeCard('claimed');
          const owner = card?.owner;
          if (card === undefined || owner == null) return false;
          change(card, 'open', null);
          send(kind, menu(card, owner, ids.release));
          return true;
        }
        case 'contact':
        case 'snooze': {
          const card = freeCard('claimed');
          const owner = card?.owner;
          if (card === undefined || owner == null || hasForm(owner)) return false;
          card.isBusy = true;
          card.gesturedAt = performance.now() + FORM_WITHIN_MS;
          const before = slack.views(owner).at(-1)?.id ?? null;
          forms.push({ user: owner, kind, card, openedAt: performance.now(), before });
          const opens = kind === 'contact' ? button : menu;
          send(kind, opens(card, owner, FORMS[kind].opens));
          return true;
        }
        case 'look up':
          send(kind, () => slack.say(user, CHANNEL, `/lead ${pick(domains)}`));
          return true;
        case 'details': {
          const card = pick(all);
          // It would replace the form.
          if (card === undefined || hasForm(user)) return false;
          send(kind, button(card, user, ids.details));
          return true;
        }
      }
    };
    const makeAny = (): void => {
      if (submitForm()) return;
      while (!make(pick(MIX) ?? 'look up', pick(users) ?? '')) {}
    };

    const late = monitorEventLoopDelay({ resolution: 5 });
    late.enable();
    const total = perSecond * seconds;
    const begunAt = performance.now();
    for (let n = 0; n < total; n++) {
      const dueInMs = begunAt + (n * 1000) / perSecond - performance.now();
      if (dueInMs > 0) await sleep(dueInMs);
      makeAny();
      if ((n + 1) % (perSecond * 10) === 0) onProgress(`  ${n + 1} of ${total} gestures`);
    }
    while (forms.length > 0) {
      submitForm();
      await sleep(20);
    }
    await Promise.all(underWay);
    late.disable();

    const isShown = () => all.every((card) => card.waiting.length === 0);
    let shownAt: number | null = null;
    const giveUpAt = performance.now() + settleSeconds * 1000;
    for (let n = 1; shownAt === null && performance.now() < giveUpAt; n++) {
      if (isShown()) shownAt = performance.now();
      else await sleep(20);
      if (n % 500 === 0) {
        const left = all.filter((card) => card.waiting.length > 0).length;
        onProgress(`  ${left} cards wait for their update`);
      }
    }
    return {
      gestures,
      acknowledgedMs,
      submittedMs,
      cardMs: [...cardMs],
      failures: Object.fromEntries(failures),
      alerts: Object.fromEntries(
        all.map(({ alertId, expected, shown }) => [alertId, { expected, shown }]),
      ),
      caughtUpMs: shownAt === null ? null : Math.max(0, shownAt - lastAt),
      lateMs: { p95: late.percentile(95) / 1e6, longest: late.max / 1e6 },
    };
  }

  return { noteCall, run };
}

const FORMS = {
  contact: {
    opens: ids.contact,
    modal: ids.contactModal,
    entries: { [ids.contactMethod]: 'email', [ids.contactNote]: 'Sent them our pricing.' },
    makes: (owner: string | null) => `contacted ${owner}`,
  },
  snooze: {
    opens: ids.snooze,
    modal: ids.snoozeModal,
    entries: { [ids.snoozeUntil]: 'hour' },
    makes: () => 'snoozed',
  },
} as const;

/** The state of an alert, and its owner if the card's text has one. */
export function stateIn(text: string): string {
  const [state] = Object.entries(STATES).find(([, { mark }]) => text.startsWith(mark)) ?? [text];
  const owner = /<@(\w+)>/.exec(text)?.[1];
  return owner === undefined ? state : `${state} ${owner}`;
}

/** The same every time: a linear congruential generator. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
