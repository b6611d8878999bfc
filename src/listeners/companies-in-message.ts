import type { App } from '@slack/bolt';
import { companiesInMessage } from '../../blocks/companies-in-message.ts';
import { ids } from '../../blocks/ids.ts';
import type { AccountPicture } from '../core/alert.ts';
import { companiesIn } from '../core/command.ts';
import type { Drawing } from '../core/message.ts';
import type { ListenerDeps } from './deps.ts';
import { type AccessGrant, gestureContext } from './gesture-context.ts';

/** Looked up in one message. */
const MOST = 10;

/** The shortcut *Companies in message*. The message's text goes no further than this. */
export function onCompaniesInMessage(app: App, { surface, log }: ListenerDeps): void {
  app.shortcut(ids.companiesIn, async ({ context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'shortcut') return;
    const { user, channel, action, text, responseUrl } = ours.gesture;
    log.info('shortcut', { action, user });
    const drawing = await answer(ours.grant, text);
    if (responseUrl === null) await surface.tell(user, channel, drawing);
    else await surface.answer(responseUrl, drawing, 'person');
  });
}

async function answer({ alerts, reach }: AccessGrant, text: string): Promise<Drawing> {
  const all = companiesIn(text);
  const named = all.slice(0, MOST);
  const results = await Promise.all(named.map(({ query }) => alerts.lookup(query)));
  const found = new Map<string, AccountPicture>();
  const unknown = new Set<string>();
  results.forEach((result, at) => {
    if (result.kind === 'found') found.set(result.picture.account.key, result.picture);
    else if (result.kind === 'near' || !result.isMailProvider) unknown.add(named[at]?.domain ?? '');
  });
  return companiesInMessage({
    found: [...found.values()],
    unknown: [...unknown],
    more: all.length - named.length,
    limited: reach !== 'everything',
  });
}
