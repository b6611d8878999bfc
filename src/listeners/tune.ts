import type { Drawing } from '../core/message.ts';
import type { ListenerDeps } from './deps.ts';
import type { AccessGrant } from './gesture-context.ts';

/** `/lead tune`. */
export async function sayTune(
  _deps: ListenerDeps,
  _grant: AccessGrant,
  _words: string,
  _user: string,
): Promise<Drawing> {
  return { text: 'Not available yet.', blocks: [] };
}
