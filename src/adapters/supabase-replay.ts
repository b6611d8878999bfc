import type { Reports } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';

export const replayThrough =
  (_database: Database): Reports['replay'] =>
  async () => {
    throw new Error('not built yet');
  };
