import { z } from 'zod';
import type { NewBlocks } from '../core/ports.ts';
import type { Database } from './supabase-client.ts';

export const supabaseNewBlocks = (database: Database): NewBlocks => ({
  areTaken: () => database.call('lead_bot_takes_new_blocks', {}, z.boolean()),
  async noteRefusal() {
    await database.call('lead_bot_takes_new_blocks', { p_refused: true }, z.boolean());
  },
});
