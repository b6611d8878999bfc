import type { Reports } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';

export const statsThrough =
  (_database: Database): Reports['stats'] =>
  async () => {
    throw new Error('not built yet');
  };
