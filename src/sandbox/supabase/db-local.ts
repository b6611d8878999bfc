import { applySql } from '../../sql/apply.ts';
import { startSupabase } from './supabase.ts';

const supabase = await startSupabase();
let stopping: Promise<void> | undefined;
const stop = () => {
  stopping ??= supabase.stop();
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);

try {
  await applySql(supabase.databaseUrl, { leadScoring: true, seed: true });
  console.log(`SUPABASE_URL=${supabase.url}`);
  console.log(`SUPABASE_KEY=${supabase.keyFor('lead_bot')}`);
  console.log(`DATABASE_URL=${supabase.databaseUrl}`);
  console.error('Ready, with the sample leads in it. Ctrl-C ends it and forgets the data.');
} catch (error) {
  if (!stopping) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
  stop();
}
