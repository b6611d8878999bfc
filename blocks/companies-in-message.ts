import type { KnownBlock } from '@slack/types';
import type { AccountPicture } from '../src/core/alert.ts';
import type { Drawing } from '../src/core/message.ts';
import { accountName } from './facts.ts';
import { amount } from './format.ts';
import { ids } from './ids.ts';
import { ongoingAlert, tierWord } from './lookup-answer.ts';
import { bold, button, context, dotted, message, section } from './parts.ts';
import { STATES, scoreOf, stateOf, statusLine } from './state.ts';
import { safe } from './text.ts';

export interface CompaniesInMessage {
  /** Each company once. */
  found: readonly AccountPicture[];
  /** Domains without a lead that the reader may see. Text from outside. */
  unknown: readonly string[];
  /** How many more domains and addresses the message has. */
  more: number;
  /** For a reader who sees only some channels. */
  limited: boolean;
}

/** What is known about the companies that a message names. */
export function companiesInMessage({ found, unknown, more, limited }: CompaniesInMessage): Drawing {
  const without = limited ? 'Without a card in your channels' : 'No lead';
  const rest = unknown.map((domain) => safe(domain, 80)).join(', ');
  const left =
    more === 0
      ? null
      : `${amount(more, 'more domain or address', 'more domains or addresses')} not looked up.`;
  const notes = [
    rest === '' ? null : context(`${without}: ${rest}`),
    left === null ? null : context(left),
  ];
  if (found.length === 0 && rest === '') {
    const text = 'This message names no company: no domain, and no email address at one.';
    return message(text, [section(text), ...notes]);
  }
  if (found.length === 0) {
    const text = limited
      ? 'No company in this message has a card in your channels.'
      : 'No company in this message has a lead.';
    return message(text, [section(text), ...notes]);
  }
  const text = `${amount(found.length, 'company', 'companies')} in this message`;
  return message(text, [section(bold(text)), ...found.map(companyRow), ...notes]);
}

/** `🔥 *VelocityPay* · 88 · Hot`, and below it who has it. */
function companyRow(picture: AccountPicture): KnownBlock | null {
  const { account, current } = picture;
  const [lead] = account.leads;
  const ongoing = ongoingAlert(picture);
  const line = dotted([
    bold(safe(accountName(account), 80)),
    scoreOf(lead ?? null),
    lead === undefined ? null : tierWord(lead),
  ]);
  const mark = ongoing === null ? '' : `${STATES[stateOf(ongoing)].mark} `;
  const status = current === null ? null : statusLine(current);
  return section(
    `${mark}${line}${status === null ? '' : `\n${status}`}`,
    button('Open', ids.openCompany, account.key),
  );
}
