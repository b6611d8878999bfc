import { ids } from '../../blocks/ids.ts';
import { nearAnswer, noMatchInChannels, notACompany } from '../../blocks/lookup-answer.ts';
import { whyAnswer, whyHelp, whyUnknown } from '../../blocks/why.ts';
import { companyQuery } from '../core/command.ts';
import type { Drawing } from '../core/message.ts';
import type { WhyQuery } from '../core/why.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import type { AccessGrant } from './gesture-context.ts';

/** `/lead why <company>`. */
export async function sayWhy(
  deps: ListenerDeps,
  grant: AccessGrant,
  words: string,
): Promise<Drawing> {
  if (words === '') return whyHelp();
  const query = companyQuery(words);
  if (query === null) return notACompany(words);
  const result = await grant.alerts.lookup(query);
  if (result.kind === 'found') {
    const { key } = result.picture.account;
    const keys = [key];
    // Who lead_dashboard doesn't show may belong to another company than the address says.
    const asked =
      grant.reach === 'everything' ? { keys, emails: query.emails } : { keys, emails: [] };
    const isOther = query.keys[0] !== undefined && query.keys[0] !== key;
    return (await explain(deps, grant, asked, isOther ? words : null)) ?? whyUnknown(words);
  }
  if (grant.reach !== 'everything') {
    return result.kind === 'near'
      ? nearAnswer(words, result.matches, result.fitting, ids.pickWhy)
      : noMatchInChannels(words, grant.reach, deps.alertChannel);
  }
  // Lookups find only leads, and the question may be why somebody is none.
  const unseen = await explain(deps, grant, query, null);
  if (unseen !== null) return unseen;
  return result.kind === 'near'
    ? nearAnswer(words, result.matches, result.fitting, ids.pickWhy)
    : whyUnknown(words);
}

/** Replaces the list of near matches with what the bot did about the picked one. */
export const pickWhy = (deps: ListenerDeps) => async (press: Press) => {
  const { grant, value, answer } = press;
  const drawing =
    (await explain(deps, grant, { keys: [value], emails: [] }, null)) ?? whyUnknown(value);
  if (answer === null) await press.tell(drawing);
  else await deps.surface.replaceAnswer(answer.url, drawing);
};

async function explain(
  { reports, now }: ListenerDeps,
  { reach }: AccessGrant,
  { keys, emails }: WhyQuery,
  typed: string | null,
): Promise<Drawing | null> {
  const why = await reports.why({ keys, emails }, reach === 'everything' ? undefined : reach);
  return why === null ? null : whyAnswer(why, now(), typed);
}
