import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { botSettings } from '../support/bot-settings.ts';
import { MADE_AT, moveTimes, numberIds, rowsAsSql } from './dump-text.ts';
import { OLD_SETTINGS, playOldStates } from './old-states.ts';
import { checkOut, OLD_COMMIT } from './old-version.ts';
import { CARDS, DIGESTS, startOldWorkspace } from './old-workspace.ts';

export const DUMP_FOLDER = join(import.meta.dirname, OLD_COMMIT);

/** Plays the old states with bots of that commit, and writes the database and Slack's messages as text. */
export async function makeDump(): Promise<void> {
  const old = await checkOut(OLD_COMMIT);
  const supabase = await startSupabase();
  const slack = await startOldWorkspace();
  const client = new pg.Client({ connectionString: supabase.adminUrl });
  const sql = async <Row extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> => (await client.query<Row>(text, [...values])).rows;
  try {
    await client.connect();
    await old.applySql(supabase.databaseUrl);
    const settings = { ...botSettings(slack, supabase), ...OLD_SETTINGS };
    await playOldStates({
      sql,
      slack,
      startBot: (env) => old.startBot({ ...settings, ...env }),
      erase: (whom) => old.erase(whom, { DATABASE_URL: supabase.databaseUrl, ...settings }),
    });
    const madeAt = new Date();
    const messages = [CARDS, DIGESTS].flatMap((channel) => slack.messages(channel));
    const [rows = '', shown = ''] = numberIds(
      moveTimes(await rowsAsSql(sql), madeAt, MADE_AT),
      moveTimes(messages.map((m) => JSON.stringify(m)).join('\n'), madeAt, MADE_AT),
    );
    await mkdir(DUMP_FOLDER, { recursive: true });
    await writeFile(join(DUMP_FOLDER, 'schema.sql'), await old.printSql());
    await writeFile(join(DUMP_FOLDER, 'rows.sql'), rows);
    await writeFile(join(DUMP_FOLDER, 'slack.jsonl'), `${shown}\n`);
  } finally {
    await client.end();
    await slack.close();
    await supabase.stop();
    await old.remove();
  }
}
