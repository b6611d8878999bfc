import { ids } from '../../blocks/ids.ts';
import type { SlackMessage } from '../../src/sandbox/slack/local-slack.ts';
import { addLead, alertOf } from './leads.ts';
import { HOT_LEADS, message, onMessage, type World } from './world.ts';

export interface HotLead {
  name: string;
  alert: string;
  /** Before it was claimed. */
  card: SlackMessage;
}

let made = 0;

/** A hot lead of a company of its own; claimed by `owner` as a press would. */
export async function aHotLead(
  { db, slack }: Pick<World, 'db' | 'slack'>,
  owner: string | null = null,
): Promise<HotLead> {
  made += 1;
  const name = `Company${made}x`;
  const domain = `${name.toLowerCase()}.example`;
  await addLead(db, { domain, company: name });
  const card = await message(slack, HOT_LEADS, name);
  const lead = { name, alert: await alertOf(db, domain), card };
  if (owner === null) return lead;
  await slack.press(owner, onMessage(card), { actionId: ids.claim });
  await message(slack, HOT_LEADS, name, `Claimed by @${owner}`);
  return lead;
}
