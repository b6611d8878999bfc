import { limitedToChannels } from '../../blocks/channels-note.ts';
import { stats, statsHelp } from '../../blocks/stats.ts';
import type { Drawing } from '../core/message.ts';
import { statsDaysIn } from '../core/stats.ts';
import type { ListenerDeps } from './deps.ts';
import type { AccessGrant } from './gesture-context.ts';

/** `/lead stats`. With MANAGERS, everyone else sees only their own numbers beside those of the team. */
export async function sayStats(
  { reports, managers }: ListenerDeps,
  { reach }: AccessGrant,
  words: string,
  user: string,
): Promise<Drawing> {
  const days = statsDaysIn(words);
  if (days === null) return statsHelp();
  const within = reach === 'everything' ? undefined : reach;
  const [report, seesEveryone] = await Promise.all([
    reports.stats(days, within),
    !managers.areSet || managers.include(user),
  ]);
  const drawing = stats(report, days, seesEveryone ? null : user);
  return within === undefined ? drawing : limitedToChannels(drawing, within);
}
