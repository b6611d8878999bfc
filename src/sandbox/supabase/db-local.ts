import { applySql } from '../../sql/apply.ts';
import { startSupabase } from './supabase.ts';

const stopped = new AbortController();
process.on('SIGINT', () => stopped.abort());
process.on('SIGTERM', () => stopped.abort());

try {
  const supabase = await startSupabase();
  try {
    await applySql(supabase.databaseUrl, { leadScoring: true, private: true, seed: true });
    console.log(`SUPABASE_URL=${supabase.url}`);
    console.log(`SUPABASE_KEY=${supabase.keyFor('lead_bot')}`);
    console.log(`SUPABASE_PUBLISHABLE_KEY=${supabase.publishableKey}`);
    console.log(`DATABASE_URL=${supabase.databaseUrl}`);
    console.error('Ready, with the sample leads. Ctrl-C stops it and deletes the data.');
    if (!stopped.signal.aborted) {
      await new Promise((resolve) => stopped.signal.addEventListener('abort', resolve));
    }
  } finally {
    await supabase.stop();
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
