import type { QueryResultRow } from 'pg';
import { z } from 'zod';

/** What polls and steps change. Everything else belongs to gestures, and an undo restores it. */
const CHANGED_BY_POLLS = [
  'account_key',
  'channel',
  'channel_unfit',
  'cooling_since',
  'due_at',
  'examined_at',
  'known',
  'news',
  'news_told_at',
  'redraw_due_at',
  'score',
  'step_due_at',
  'told_cold_at',
];

const alertRow = z.looseObject({
  hold: z.string().nullable(),
  hold_until: z.string().nullable(),
  offers: z.array(z.unknown()),
});
type AlertRow = z.infer<typeof alertRow>;

const answer = z.object({
  ok: z.boolean(),
  picture: z
    .object({ alert: z.object({ undo: z.object({ id: z.string() }).nullable() }) })
    .nullable(),
});

/** Keeps what alerts were before each gesture, and compares that with what an undo makes of them. */
export class UndoCheck {
  readonly #read: (text: string) => Promise<QueryResultRow[]>;
  readonly #before = new Map<string, AlertRow | null>();

  constructor(read: (text: string) => Promise<QueryResultRow[]>) {
    this.#read = read;
  }

  /**
   * Carries out one gesture.
   * @param undoId of the gesture to undo, if this is an undo
   * @returns the gesture's answer, and a violation if the undo didn't restore the alert
   */
  async around(
    alertId: string,
    undoId: string | null,
    carryOut: () => Promise<unknown>,
  ): Promise<{ answer: unknown; violation: string | null }> {
    const before = await this.#alert(alertId);
    const given = await carryOut();
    const { ok, picture } = answer.parse(given);
    const newest = picture?.alert.undo?.id;
    if (newest !== undefined && !this.#before.has(newest)) this.#before.set(newest, before);
    if (!ok || undoId === null) return { answer: given, violation: null };
    const wanted = this.#before.get(undoId) ?? null;
    const restored = await this.#alert(alertId);
    return {
      answer: given,
      violation: isRestored(restored, wanted)
        ? null
        : `an undo of ${alertId.slice(0, 4)} made ${JSON.stringify(restored)} of ${JSON.stringify(wanted)}`,
    };
  }

  async #alert(alertId: string): Promise<AlertRow | null> {
    const [row] = await this.#read(
      `select to_jsonb(a) - '{${CHANGED_BY_POLLS.join(',')}}'::text[] || jsonb_build_object('offers', (
                select coalesce(jsonb_agg(jsonb_build_array(o.holder, o.until, o.ended_at, o.ended) order by o.made_at), '[]')
                  from lead_bot.offers o where o.alert_id = a.id)) as alert
         from lead_bot.alerts a where a.id = '${alertId}'`,
    );
    return alertRow.nullable().parse(row?.['alert'] ?? null);
  }
}

/** A snooze that has ended since stays so, and one that must end has its time changed. Later offers stay. */
function isRestored(restored: AlertRow | null, wanted: AlertRow | null): boolean {
  if (restored === null || wanted === null) return false;
  const offers = restored.offers.slice(0, wanted.offers.length);
  const known =
    wanted.hold === null
      ? { ...restored, offers }
      : { ...restored, offers, hold: restored.hold ?? wanted.hold, hold_until: wanted.hold_until };
  return JSON.stringify(known) === JSON.stringify(wanted);
}
