import type { KnownBlock } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import type { Account, AccountLead } from '../src/core/lead.ts';
import type { Detour, Drawing } from '../src/core/message.ts';
import { detourNote } from './detour.ts';
import {
  accountName,
  appendedFields,
  champion,
  company,
  decisionMakers,
  nameOf,
  nextStep,
  othersHot,
  previousAlert,
  strongestComponents,
  strongestSignals,
  suggestedAction,
  usage,
  whyHot,
} from './facts.ts';
import { growth } from './format.ts';
import { ids } from './ids.ts';
import {
  actions,
  bold,
  button,
  context,
  dotted,
  fields,
  header,
  labeled,
  linkButton,
  message,
  option,
  overflow,
  section,
} from './parts.ts';
import {
  bestLead,
  contactLine,
  currentScore,
  hotSince,
  isOver,
  movedTo,
  STATES,
  scoreOf,
  stateOf,
  statusLine,
} from './state.ts';
import { mention, safe } from './text.ts';

interface CardPlace {
  /** A link to the card that this one replaces; null if there is one without a link. */
  replaces?: string | null;
  detour?: Detour;
  /** After a merge, a link to the card that continues. */
  other?: string | null;
}

/** The card of an alert. Contacted, cooled and merged ones fold to two lines. */
export function leadCard(
  picture: AlertPicture,
  { replaces, detour, other = null }: CardPlace = {},
): Drawing {
  const { text, blocks } =
    picture.alert.mergedInto !== null
      ? pointer(picture, other)
      : isOver(picture.alert)
        ? folded(picture)
        : full(picture, detour);
  return message(text, [
    ...blocks,
    replaces === undefined ? null : context(replacementNote(replaces)),
  ]);
}

const replacementNote = (url: string | null): string =>
  `This card replaces ${url === null ? 'an older one' : `<${url}|an older one>`} that Slack no longer lets the bot update.`;

function full(picture: AlertPicture, detour: Detour | undefined): Drawing {
  const { alert, account, past } = picture;
  const state = STATES[stateOf(alert)];
  const score = scoreOf(bestLead(picture));
  return message(cardText(picture), [
    header(`${state.mark} ${dotted([state.word, accountName(account), score])}`),
    section(statusLine(picture)),
    ...accountBlocks(account),
    context(previousAlert(past)),
    context(alert.coolingSince === null ? hotSince(alert) : null),
    context(detourNote(detour)),
    cardActions(picture),
  ]);
}

function folded(picture: AlertPicture): Drawing {
  const { alert, account } = picture;
  const state = STATES[stateOf(alert)];
  const title = dotted([
    bold(state.word),
    bold(safe(accountName(account), 80)),
    currentScore(picture),
  ]);
  return message(cardText(picture), [
    section(`${state.mark} ${title}`, button('Details', ids.details, alert.id)),
    context(statusLine(picture)),
  ]);
}

/** A card without buttons; those are on the other card. */
function pointer(picture: AlertPicture, other: string | null): Drawing {
  const { alert, account } = picture;
  const { mark, word } = STATES.merged;
  return message(cardText(picture), [
    // A section, because the text-only fallback drops context blocks.
    section(
      `${mark} ${dotted([bold(word), bold(safe(accountName(account), 80))])}\n${movedTo(other)}.`,
    ),
    context(alert.status === 'contacted' ? contactLine(alert) : null),
  ]);
}

/** What an AE needs to decide, the suggested action first. */
export function accountBlocks(account: Account): (KnownBlock | null)[] {
  const [lead] = account.leads;
  if (lead === undefined) return [];
  const action = suggestedAction(lead, 700);
  return [
    section(action && `*Suggested action*\n>${action}`),
    fields([
      labeled('Champion', champion(lead)),
      lead.tier === 'hot'
        ? labeled('Why hot now', whyHot(lead))
        : labeled('Score', strongestComponents(lead, 5)),
      labeled('Usage', usage(lead)),
      labeled('Company', company(account, lead)),
      labeled('Strongest signals', strongestSignals(account, lead)),
      labeled('Decision makers', decisionMakers(account)),
      ...appendedFields(lead),
    ]),
    context(othersHot(account)),
  ];
}

/** Buttons of an alert that is not over. */
function cardActions(picture: AlertPicture): KnownBlock | null {
  const { alert } = picture;
  const details = button('Details', ids.details, alert.id);
  const crm = linkButton('Open in CRM', ids.crm, bestLead(picture)?.crmUrl ?? null);
  if (alert.status === 'open') {
    return actions(button('Claim lead', ids.claim, alert.id, 'primary'), details, crm);
  }
  return actions(
    button('Mark contacted', ids.contact, alert.id, 'primary'),
    details,
    crm,
    overflow(ids.more, [option('Release', `${ids.release}:${alert.id}`)]),
  );
}

/** For notifications and screen readers. */
function cardText(picture: AlertPicture): string {
  const { alert, account } = picture;
  const lead = bestLead(picture);
  const state = stateOf(alert);
  const name = safe(accountName(account), 80);
  const score = scoreOf(lead);
  const scored = score === null ? '' : ` (${score})`;
  const who = mention(alert.owner) ?? 'someone';
  const step = nextStep(lead);
  const next = step === null ? '' : ` Next: ${safe(step, 300)}`;
  const { mark } = STATES[state];
  switch (state) {
    case 'open':
      return `${mark} ${name} is hot${scored}${lead === null ? '' : `: ${gist(lead)}`}.${next}`;
    case 'claimed':
      return `${mark} ${name}${scored} is claimed by ${who}.${next}`;
    case 'cooling':
      return `${mark} ${name} is no longer hot${scored} and still unclaimed.${next}`;
    case 'cooled':
      return `${mark} ${name} cooled without being contacted.`;
    case 'merged':
      return `${mark} ${name} is now on another card.`;
    case 'contacted':
    case 'closed':
      return `${mark} ${name} was contacted by ${who}${state === 'closed' ? '; this alert is closed' : ''}.`;
  }
}

function gist(lead: AccountLead): string {
  const moved = growth(lead.apiCallGrowthPct);
  const who = safe(nameOf(lead), 80);
  return moved === null ? who : `${who}, ${moved} API calls`;
}
