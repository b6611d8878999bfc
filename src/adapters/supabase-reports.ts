import type { Reports } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';
import { replayThrough } from './supabase-replay.ts';
import { statsThrough } from './supabase-stats.ts';
import { whyThrough } from './supabase-why.ts';

export const supabaseReports = (database: Database): Reports => ({
  why: whyThrough(database),
  stats: statsThrough(database),
  replay: replayThrough(database),
});
