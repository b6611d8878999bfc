import { replayed, tuneExplained, tuneRefused } from '../../blocks/tune.ts';
import type { Drawing } from '../core/message.ts';
import { isTuned, readTuning } from '../core/tune.ts';
import type { ListenerDeps } from './deps.ts';
import type { AccessGrant } from './gesture-context.ts';

/** `/lead tune`, alone or with what to change. For those who see all companies. */
export async function sayTune(
  { reports, timeZone }: ListenerDeps,
  { reach }: AccessGrant,
  words: string,
): Promise<Drawing> {
  if (reach !== 'everything') return tuneRefused({ kind: 'only-some-channels' });
  const read = readTuning(words);
  if (read.kind === 'unreadable') return tuneRefused(read);
  const answer = await reports.replay(read.tuning);
  if (answer.kind !== 'replayed') return tuneRefused(answer);
  return isTuned(read.tuning)
    ? replayed(answer, read.tuning.threshold, timeZone)
    : tuneExplained(answer, timeZone);
}
