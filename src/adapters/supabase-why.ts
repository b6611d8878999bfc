import type { Reports } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';

export const whyThrough =
  (_database: Database): Reports['why'] =>
  async () => {
    throw new Error('not built yet');
  };
