import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/sandbox/slack/json.ts';
import type { ActionResult, LocalSlack } from '../../src/sandbox/slack/local-slack.ts';
import type { Random } from '../kill/random.ts';
import { addLead, rescore } from '../support/leads.ts';
import type { TestDatabase } from '../support/supabase.ts';
import { ALICE, BEN, CARDS, CHLOE } from './old-workspace.ts';

/** What happened in one phase of an upgrade. */
export interface Phase {
  name: string;
  leads: number;
  gestures: number;
  /** From the press to the row in the history. */
  slowestMs: number;
  /** From the insert to the card in Slack. */
  slowestCardMs: number;
}

export interface Traffic {
  /** Has leads change and AEs press buttons until `stop` settles. Resolves when every action has come to its end. */
  during<T>(name: string, stop: () => Promise<T>): Promise<T>;
  readonly phases: readonly Phase[];
  /** Gestures and leads that nothing came of. */
  readonly lost: readonly string[];
}

const PATIENCE_MS = 30_000;
const PAUSE_MS = 400;
const PEOPLE = [ALICE, BEN, CHLOE];

/** Uses only buttons that both versions draw. */
export function traffic(
  { sql, slack }: Pick<TestDatabase, 'sql'> & { slack: LocalSlack },
  random: Random,
): Traffic {
  const phases: Phase[] = [];
  const lost: string[] = [];
  const leads: string[] = [];
  let companies = 0;

  /** @returns how long it took, in ms; null if it never came */
  async function appears(look: () => Promise<boolean>): Promise<number | null> {
    const begun = performance.now();
    while (performance.now() - begun < PATIENCE_MS) {
      if (await look()) return performance.now() - begun;
      await sleep(50);
    }
    return null;
  }

  async function changeScores(phase: Phase): Promise<void> {
    const someone = random.pick(leads);
    if (someone !== undefined && random.chance(0.4)) {
      await rescore({ sql }, someone, random.chance(0.6) ? Math.round(random.between(80, 99)) : 60);
      return;
    }
    companies += 1;
    const company = `Company ${companies}.`;
    leads.push(await addLead({ sql }, { domain: `company${companies}.example`, company }));
    phase.leads += 1;
    const ms = await appears(async () =>
      slack.messages(CARDS).some((m) => m.text.includes(company)),
    );
    if (ms === null) lost.push(`${phase.name}: no card of ${company}`);
    else phase.slowestCardMs = Math.max(phase.slowestCardMs, ms);
  }

  async function work(phase: Phase): Promise<void> {
    const rows = await sql<{ id: string; owner: string | null; status: string; ts: string }>(`
      select a.id, a.owner, a.status, m.slack_ts as ts
        from lead_bot.alerts a join lead_bot.messages m on m.alert_id = a.id and m.kind = 'card'
       where a.closed_at is null and a.status in ('open', 'claimed') and m.state = 'posted'
       order by a.id`);
    const alert = random.pick(rows);
    if (alert === undefined) return;
    const { id, owner, ts } = alert;
    // Slack shows a press that no bot has taken, because the one that had it was stopping: one presses again.
    const press = async (user: string, action: JsonObject): Promise<ActionResult> => {
      const once = () => slack.pressWith(user, { in: 'message', channel: CARDS, ts }, action);
      const result = await once();
      return result.ok ? result : once();
    };
    if (owner === null) {
      const [first = ALICE, second = BEN] = random.chance(0.5) ? PEOPLE : [...PEOPLE].reverse();
      await happens(phase, id, 'claimed', () =>
        Promise.all(
          [first, second].map((user) => press(user, { action_id: 'alert.claim', value: id })),
        ),
      );
    } else if (random.chance(0.5)) {
      await happens(phase, id, 'released', () =>
        press(owner, {
          type: 'overflow',
          action_id: 'alert.more',
          selected_option: { value: `alert.release:${id}` },
        }),
      );
    } else {
      await happens(phase, id, 'contacted', async () => {
        await press(owner, { action_id: 'alert.contact', value: id });
        const form = await slack.until(
          () =>
            slack.views(owner).find(({ view }) => JSON.stringify(view).includes('contact.method')),
          { what: 'the form of a contact', timeoutMs: PATIENCE_MS },
        );
        await slack.submit(owner, form.id, { 'contact.method': 'email', 'contact.note': 'Hello' });
      });
    }
  }

  async function happens(
    phase: Phase,
    alertId: string,
    kind: string,
    gesture: () => Promise<unknown>,
  ): Promise<void> {
    const count = async () => {
      const [row] = await sql<{ n: number }>(
        'select count(*)::int as n from lead_bot.alert_events where alert_id = $1 and kind = $2',
        [alertId, kind],
      );
      return row?.n ?? 0;
    };
    const before = await count();
    phase.gestures += 1;
    const done = gesture().catch((error: unknown) => {
      lost.push(
        `${phase.name}: ${kind}: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
      );
    });
    const ms = await appears(async () => (await count()) > before);
    await done;
    if (ms === null) lost.push(`${phase.name}: nobody ${kind} ${alertId}`);
    else phase.slowestMs = Math.max(phase.slowestMs, ms);
    if ((await count()) > before + 1) lost.push(`${phase.name}: ${alertId} was ${kind} twice`);
  }

  return {
    phases,
    lost,
    async during(name, stop) {
      const phase: Phase = { name, leads: 0, gestures: 0, slowestMs: 0, slowestCardMs: 0 };
      phases.push(phase);
      let over = false;
      const repeat = async (action: (phase: Phase) => Promise<void>): Promise<void> => {
        while (!over) {
          await action(phase);
          await sleep(PAUSE_MS);
        }
      };
      const running = Promise.all([repeat(changeScores), repeat(work)]);
      try {
        return await stop();
      } finally {
        over = true;
        await running;
      }
    },
  };
}
