import type { Homes } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';

export const supabaseHomes = (_database: Database): Homes => ({
  async open() {
    throw new Error('not built yet');
  },
  async read() {
    throw new Error('not built yet');
  },
});
