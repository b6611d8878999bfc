import type { SectionBlock } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import { accountName, champion } from './facts.ts';
import { bold, section } from './parts.ts';
import { bestLead } from './state.ts';
import { safe } from './text.ts';

/** Which lead a form is about. */
export function leadSection(picture: AlertPicture): SectionBlock | null {
  const lead = bestLead(picture);
  const who = lead === null ? null : champion(lead);
  const name = bold(safe(accountName(picture.account), 100));
  return section(who === null ? name : `${name}\n${who}`);
}
