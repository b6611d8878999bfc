import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type BotProcess, startBot } from '../../src/sandbox/demo/bot-process.ts';
import { startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';
import { seeded } from '../kill/random.ts';
import { botSettings } from '../support/bot-settings.ts';
import { isSettled, problemsOf, staleMessages } from './check.ts';
import { OLD_SETTINGS } from './old-states.ts';
import { checkOut } from './old-version.ts';
import { startOldWorkspace } from './old-workspace.ts';
import { type Phase, traffic } from './traffic.ts';

const PHASE_MS = 12_000;
const SETTLE_MS = 90_000;

export interface Played {
  phases: readonly Phase[];
  problems: string[];
  /** Warnings and errors of the bots, each once, with their number. */
  complaints: string[];
}

/**
 * A rolling upgrade from a commit to this version with two bots each, while leads turn hot and AEs press
 * buttons: migrations under running old bots, old bots on the new schema, both side by side, the new ones
 * alone. With `back` the old ones then run again, and the new ones after them.
 */
export async function playUpgrade(commit: string, seed: number, back: boolean): Promise<Played> {
  const old = await checkOut(commit);
  const supabase = await startSupabase();
  const slack = await startOldWorkspace();
  const pool = new pg.Pool({ connectionString: supabase.adminUrl, max: 4 });
  const sql = async <Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => (await pool.query<Row>(text, [...values])).rows;
  const running: BotProcess[] = [];
  const complaints = new Map<string, number>();
  const note = (line: string): void => {
    const message = /"level":[456]0.*"msg":"([^"]*)"/.exec(line);
    const why = /"(?:reason|message)":"([^"]{0,90})/.exec(line)?.[1] ?? '';
    const text = message === null ? '' : `${message[1]} (${why})`;
    if (text !== '') complaints.set(text, (complaints.get(text) ?? 0) + 1);
  };
  const settings = {
    ...botSettings(slack, supabase),
    ...OLD_SETTINGS,
    FIRST_RUN: 'cards',
    MAX_CARDS_PER_POLL: '100',
  };
  const start = async (version: string, launch: () => Promise<BotProcess>) => {
    const connections = slack.connections();
    const bots = [await launch(), await launch()];
    running.push(...bots);
    await slack.until(() => slack.connections() === connections + 2, {
      timeoutMs: 60_000,
      what: `bots of ${version}`,
    });
    return bots;
  };
  const startOld = () =>
    start(commit, () => old.startBot(settings, (line) => note(`${commit} ${line}`)));
  const startNew = () => start('this version', () => startBot(settings, note));
  const stop = (bots: readonly BotProcess[]) => Promise.all(bots.map((bot) => bot.stop()));

  try {
    await old.applySql(supabase.databaseUrl);
    const { during, phases, lost } = traffic({ sql, slack }, seeded(seed));
    let oldBots = await startOld();
    await during('old bots', () => sleep(PHASE_MS));
    await during('old bots, db:apply', () =>
      applySql(supabase.databaseUrl, { leadScoring: true, private: false }),
    );
    await during('old bots on the new schema', () => sleep(PHASE_MS));
    let newBots = await during('old bots, and new ones', async () => {
      const started = await startNew();
      await sleep(PHASE_MS);
      return started;
    });
    await during('old bots stop', async () => {
      await stop(oldBots);
      await sleep(PHASE_MS);
    });
    if (back) {
      await during('back to the old bots', async () => {
        oldBots = await startOld();
        await stop(newBots);
        await sleep(PHASE_MS);
      });
      await during('new bots again', async () => {
        newBots = await startNew();
        await stop(oldBots);
        await sleep(PHASE_MS);
      });
    }
    const settled = async () => {
      const end = performance.now() + SETTLE_MS;
      while (!(await isSettled({ sql }))) {
        if (performance.now() > end) throw new Error(`Never settled.\n${slack.dump()}`);
        // Two minutes later, new bots draw again what old ones have drawn.
        await sql(
          'update lead_bot.messages set redraw_at = now() where redraw_at > now() and lease_token is null',
        );
        await sleep(200);
      }
    };
    await settled();
    return {
      phases,
      problems: [
        ...lost,
        ...(await problemsOf({ sql }, slack)),
        ...(await staleMessages({ sql }, slack, settled)),
      ],
      complaints: [...complaints].map(([text, times]) => `${times} times: ${text}`),
    };
  } finally {
    await Promise.all(running.map((bot) => bot.kill()));
    await pool.end();
    await slack.close();
    await supabase.stop();
    await old.remove();
  }
}
