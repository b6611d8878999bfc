import type { TestProject } from 'vitest/node';
import { makeDatabase } from '../../src/sandbox/supabase/database.ts';
import { urlFor } from '../../src/sandbox/supabase/postgres.ts';
import { type Cluster, startSupabase } from '../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../src/sql/apply.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: Cluster;
    /** The template of every test database: lead tables and the bot's SQL, no rows. */
    templateDatabase: string;
  }
}

/** One PostgreSQL for the run; each test file gets its own database in it. */
export default async function startOnce(project: TestProject): Promise<() => Promise<void>> {
  const supabase = await startSupabase();
  try {
    const template = 'lead_alerts_template';
    await makeDatabase(supabase.cluster, template);
    await applySql(urlFor(supabase.cluster, 'postgres', template), {
      leadScoring: true,
      private: true,
    });
    project.provide('cluster', supabase.cluster);
    project.provide('templateDatabase', template);
  } catch (error) {
    await supabase.stop();
    throw error;
  }
  return () => supabase.stop();
}
