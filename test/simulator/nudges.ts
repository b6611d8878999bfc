import type { QueryResultRow } from 'pg';
import { z } from 'zod';
import { MUTABLE, STEP_KINDS, type StepKind } from '../../src/core/steps.ts';
import { nextWorking } from '../../src/core/working-time.ts';
import { workingHoursOf, zoneOf } from './replica.ts';
import type { Ladder } from './scenario.ts';

type Kind = StepKind | 'mine' | 'offers' | 'moved';

/** What Slack has told someone about an alert, for the first time. */
export interface Nudge {
  messageId: string;
  alertId: string;
  kind: Kind;
  /** In milliseconds; null if it belongs to none. */
  period: number | null;
  to: string | null;
  at: number;
}

const alertRow = z.object({
  id: z.string(),
  section: z.string().nullable(),
  status: z.string(),
  owner: z.string().nullable(),
  hold: z.string().nullable(),
  outcome: z.string().nullable(),
  keeps: z.number(),
  waits_since: z.string(),
  closed_at: z.string().nullable(),
  cooling_since: z.string().nullable(),
  /** Who has first call. */
  holder: z.string().nullable(),
});
type AlertRow = z.infer<typeof alertRow>;

const taken = z.object({
  id: z.string(),
  is_direct: z.boolean(),
  payload: z.object({
    kind: z.string(),
    to: z.string().nullish(),
    owner: z.string().nullish(),
    period: z.string().nullish(),
    periods: z.record(z.string(), z.string()).default({}),
  }),
  /** What its reader has turned off. */
  muted: z.array(z.string()),
  alerts: z.array(alertRow),
});
type Taken = z.infer<typeof taken>;

const answerOfTake = z.object({
  work: z.array(z.looseObject({ id: z.string(), action: z.string(), payload: z.unknown() })),
});

/** Kinds of messages whose readers may have turned them off, or that ask for something. */
const KINDS: ReadonlySet<unknown> = new Set<string>([...STEP_KINDS, ...MUTABLE, 'due', 'warned']);

const STEPS: ReadonlySet<string> = new Set(STEP_KINDS);
const isStep = (kind: string): kind is StepKind => STEPS.has(kind);

/** Watches what the bots are about to tell people by themselves, and what of it reaches Slack. */
export class NudgeWatch {
  readonly told: Nudge[] = [];
  readonly #ladder: Ladder;
  readonly #aheadMs: number;
  readonly #read: (text: string) => Promise<QueryResultRow[]>;
  readonly #report: (violation: string) => void;
  /** Messages as of the newest take that had a bot post them. */
  readonly #taken = new Map<string, { nudges: readonly Omit<Nudge, 'at'>[]; wrong: string[] }>();

  /** @param aheadMs the fastest of the bots' clocks: a morning begins by a bot's clock */
  constructor(
    ladder: Ladder,
    aheadMs: number,
    read: (text: string) => Promise<QueryResultRow[]>,
    report: (violation: string) => void,
  ) {
    this.#ladder = ladder;
    this.#aheadMs = aheadMs;
    this.#read = read;
    this.#report = report;
  }

  /**
   * Looks at what a bot has been given to post. What happens from now on, while the call is under way, the bot can't
   * know.
   */
  async take(answer: unknown, now: number): Promise<void> {
    const { work } = answerOfTake.parse(answer);
    const ids = work
      .filter(({ action, payload }) => action === 'post' && KINDS.has(kindOf(payload)))
      .map(({ id }) => `'${id}'`);
    if (ids.length === 0) return;
    const rows = await this.#read(
      `select m.id, m.payload, m.kind = 'dm' as is_direct,
              (select coalesce(jsonb_agg(d.kind), '[]') from lead_bot.muted d
                where d.person = coalesce(m.payload ->> 'to', m.payload ->> 'owner')) as muted,
              (select coalesce(jsonb_agg(to_jsonb(a) || jsonb_build_object(
                        'section', (select s.section from lead_bot.message_alerts s
                                     where m.alert_id is null and s.message_id = m.id and s.alert_id = a.id),
                        'holder', (select o.holder from lead_bot.offers o
                                    where o.alert_id = a.id and o.ended_at is null)
                      )), '[]')
                 from lead_bot.alerts a
                where a.id = m.alert_id
                   or m.alert_id is null
                      and a.id in (select s.alert_id from lead_bot.message_alerts s where s.message_id = m.id)
              ) as alerts
         from lead_bot.messages m where m.id in (${ids.join(', ')})`,
    );
    for (const message of z.array(taken).parse(rows)) {
      const nudges = nudgesIn(message);
      const wrong = [
        ...wrongWith(message, nudges),
        ...(this.#isAtWork(message, now) ? [] : ['outside of working hours']),
      ];
      this.#taken.set(message.id, { nudges, wrong });
    }
  }

  /** Slack shows a message that it has never shown. */
  posted = (messageId: string, at: number): void => {
    const given = this.#taken.get(messageId);
    if (given === undefined) return;
    for (const nudge of given.nudges) this.told.push({ ...nudge, at });
    for (const what of given.wrong) this.#report(`${messageId.slice(0, 4)} was posted: ${what}`);
  };

  #isAtWork({ is_direct, payload: { kind, to, owner } }: Taken, now: number): boolean {
    const reader = to ?? owner;
    const isByUs = !(kind === 'offer' || kind === 'hand-over' || kind === 'return');
    if (!isByUs || reader == null || (!is_direct && kind === 'expired')) return true;
    const isWorking = (at: Date): boolean =>
      +nextWorking(at, workingHoursOf(this.#ladder), zoneOf(this.#ladder, reader)) === +at;
    return (
      isWorking(new Date(now)) || (kind === 'morning' && isWorking(new Date(now + this.#aheadMs)))
    );
  }
}

function kindOf(payload: unknown): unknown {
  return typeof payload === 'object' && payload !== null && 'kind' in payload ? payload.kind : null;
}

const inMs = (at: string | null | undefined): number | null => (at ? Date.parse(at) : null);

function nudgesIn({ id: messageId, payload, alerts }: Taken): Omit<Nudge, 'at'>[] {
  const to = payload.to ?? payload.owner ?? null;
  return alerts.flatMap(({ id: alertId, section }): Omit<Nudge, 'at'>[] => {
    const kind = section ?? (payload.kind === 'warned' ? 'warning' : payload.kind);
    const period = inMs(payload.periods[alertId] ?? payload.period);
    if (!isStep(kind) && kind !== 'mine' && kind !== 'offers' && kind !== 'moved') return [];
    return [{ messageId, alertId, kind, period, to }];
  });
}

function wrongWith(
  { payload, muted, alerts, is_direct }: Taken,
  nudges: readonly Omit<Nudge, 'at'>[],
): string[] {
  const kinds = payload.kind === 'due' ? nudges.map(({ kind }) => kind) : [payload.kind];
  const unwanted = kinds
    .map((kind) => (kind === 'kept-again' ? 'escalation' : kind))
    .filter((kind) => (is_direct || kind === 'news') && muted.includes(kind));
  return [
    ...unwanted.map((kind) => `its reader has turned ${kind} off`),
    ...nudges.flatMap((nudge) => {
      const alert = alerts.find(({ id }) => id === nudge.alertId);
      if (alert !== undefined && callsFor(alert, nudge)) return [];
      return [`${nudge.kind} of ${nudge.alertId.slice(0, 4)}, which is done`];
    }),
  ];
}

/** Whether there still is something to do, that this reader should do. */
function callsFor(alert: AlertRow, { kind, period, to }: Omit<Nudge, 'at'>): boolean {
  const { status, owner, hold, outcome, keeps, closed_at, cooling_since, holder } = alert;
  // News without a mention asks for nothing.
  if (kind === 'news' && to === null) return true;
  if (closed_at !== null || hold !== null) return false;
  const isTheirs = owner === to;
  switch (kind) {
    case 'news':
    case 'mine':
    case 'moved':
      return isTheirs;
    case 'offers':
      return status === 'open' && holder === to;
    default:
      if (cooling_since !== null) return false;
  }
  if (kind === 'return') return status === 'open';
  if (Date.parse(alert.waits_since) !== period) return false;
  switch (kind) {
    case 'reminder':
    case 'escalation':
      return status === 'open';
    case 'warning':
      return status === 'claimed' && isTheirs;
    case 'kept-again':
      return status === 'claimed' && keeps >= 2;
    case 'follow-up':
      return status === 'contacted' && outcome === null && isTheirs;
  }
}
