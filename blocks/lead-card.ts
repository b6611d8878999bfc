import type { KnownBlock, Overflow } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import type { Account, AccountLead } from '../src/core/lead.ts';
import type { Detour, Drawing } from '../src/core/message.ts';
import { detourNote } from './detour.ts';
import {
  accountName,
  appendedFields,
  champion,
  company,
  deciders,
  doNext,
  lastTime,
  nameOf,
  nextStep,
  othersHot,
  whyNow,
} from './facts.ts';
import { growth } from './format.ts';
import { ids } from './ids.ts';
import {
  actions,
  bold,
  button,
  context,
  dotted,
  header,
  labeledLine,
  lines,
  linkOption,
  message,
  option,
  overflow,
  section,
} from './parts.ts';
import {
  bestLead,
  contactLine,
  currentScore,
  firstCall,
  hotSince,
  isDone,
  lowerFirst,
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

/** The card of an alert. One that waits for nobody folds to two lines. */
export function leadCard(
  picture: AlertPicture,
  { replaces, detour, other = null }: CardPlace = {},
): Drawing {
  const { text, blocks } =
    picture.alert.mergedInto !== null
      ? pointer(picture, other)
      : isDone(picture.alert)
        ? folded(picture)
        : full(picture, detour);
  return message(text, [
    ...blocks,
    replaces === undefined ? null : context(replacementNote(replaces)),
  ]);
}

const replacementNote = (url: string | null): string =>
  `This card replaces ${url === null ? 'an older one' : `<${url}|an older one>`} that Slack no longer lets the bot update.`;

const full = (picture: AlertPicture, detour: Detour | undefined): Drawing =>
  message(cardText(picture), [
    ...cardBlocks(picture, standing(picture), cardActions(picture)),
    context(detourNote(detour)),
  ]);

/** Who has it and what to do come first, with the buttons right below. */
export function cardBlocks(
  picture: AlertPicture,
  secondLine: string,
  buttons: KnownBlock | null,
): (KnownBlock | null)[] {
  const { alert, account, past } = picture;
  const { mark } = STATES[stateOf(alert)];
  const before = lastTime(past, alert.openedAt);
  return [
    header(`${mark} ${dotted([accountName(account), scoreOf(bestLead(picture))])}`),
    section([secondLine, before && `↩ ${before}`].filter(Boolean).join('\n')),
    stepBlock(account),
    buttons,
    ...factBlocks(account),
  ];
}

/** Since when it is hot too, if it is somebody's. */
export function standing(picture: AlertPicture): string {
  const { alert } = picture;
  const state = stateOf(alert);
  const line = `${state === 'offered' ? '→ ' : ''}${statusLine(picture)}`;
  const isHot = alert.coolingSince === null;
  return isHot && (state === 'offered' || state === 'claimed')
    ? `${line} · ${lowerFirst(hotSince(alert))}`
    : line;
}

function folded(picture: AlertPicture): Drawing {
  const { alert, account } = picture;
  const { mark } = STATES[stateOf(alert)];
  const title = dotted([bold(safe(accountName(account), 80)), currentScore(picture)]);
  const why = picture.notes.findLast(({ kind }) => kind === 'not-a-fit')?.body ?? null;
  const note = alert.hold?.kind === 'not-a-fit' && why !== null ? safe(why, 200) : '';
  return message(cardText(picture), [
    section(`${mark} ${title}`, button('Details', ids.details, alert.id)),
    context(dotted([statusLine(picture), note === '' ? null : `“${note}”`])),
  ]);
}

/** A card without buttons; those are on the other card. */
function pointer(picture: AlertPicture, other: string | null): Drawing {
  const { alert, account } = picture;
  return message(cardText(picture), [
    // A section, because the text-only fallback drops context blocks.
    section(`${STATES.merged.mark} ${bold(safe(accountName(account), 80))}\n${movedTo(other)}.`),
    context(alert.status === 'contacted' ? contactLine(alert) : null),
  ]);
}

export function stepBlock({ leads: [lead] }: Account): KnownBlock | null {
  const step = doNext(lead ?? null, 700);
  return section(step && `*Do next*\n>${step}`);
}

/** Why now, and who: one line each. */
export function factBlocks(account: Account): (KnownBlock | null)[] {
  const [lead] = account.leads;
  if (lead === undefined) return [];
  const facts = [
    labeledLine(lead.tier === 'hot' ? 'Why now' : 'Signals', whyNow(account, lead)),
    labeledLine('Champion', champion(lead)),
    labeledLine('Deciders', deciders(account)),
    labeledLine('Company', company(account, lead)),
    ...appendedFields(lead),
  ];
  return [...lines(facts.filter((fact) => fact !== null)), context(othersHot(account))];
}

/** Buttons of an alert that someone is to work on. */
function cardActions(picture: AlertPicture): KnownBlock | null {
  const { id, status } = picture.alert;
  return actions(
    status === 'open'
      ? button('Claim lead', ids.claim, id, 'primary')
      : button('Mark contacted', ids.contact, id, 'primary'),
    button('Details', ids.details, id),
    moreMenu(picture),
  );
}

/** What else there is to do about a lead that someone is to work on. */
export function moreMenu(picture: AlertPicture): Overflow | null {
  const { id, status } = picture.alert;
  const isOpen = status === 'open';
  const choice = (label: string, action: string) => option(label, `${action}:${id}`);
  return overflow(ids.more, [
    status === 'contacted' ? choice('Contacted again', ids.contact) : null,
    isOpen ? null : choice('Hand over', ids.handOver),
    choice('Snooze', ids.snooze),
    choice('Not a fit', ids.notAFit),
    status === 'claimed' ? choice('Release', ids.release) : null,
    linkOption('Open in CRM', `${ids.crm}:${id}`, bestLead(picture)?.crmUrl ?? null),
  ]);
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
    case 'offered': {
      const first = firstCall(alert);
      const whose = first === null ? '' : ` ${mention(first.holder) ?? 'An AE'} has first call.`;
      const heat = alert.coolingSince === null ? 'is hot' : 'is no longer hot';
      return `${mark} ${name} ${heat}${scored}${lead === null ? '' : `: ${gist(lead)}`}.${whose}${next}`;
    }
    case 'claimed':
      return `${mark} ${name}${scored} is claimed by ${who}.${next}`;
    case 'cold':
      return `${mark} ${name}${scored} is claimed by ${who}, and no longer hot.`;
    case 'cooling':
      return `${mark} ${name} is no longer hot${scored} and still unclaimed.${next}`;
    case 'snoozed':
      return `${mark} ${name}${scored} is snoozed.`;
    case 'not-a-fit':
      return `${mark} ${name} is not a fit.`;
    case 'cooled':
      return `${mark} ${name} cooled without being contacted.`;
    case 'merged':
      return `${mark} ${name} is now on another card.`;
    case 'contacted':
    case 'closed':
      return `${mark} ${name} was contacted${state === 'closed' ? '; this alert is closed' : ''}. Owner: ${who}.`;
  }
}

function gist(lead: AccountLead): string {
  const moved = growth(lead.apiCallGrowthPct);
  const who = safe(nameOf(lead), 80);
  return moved === null ? who : `${who}, ${moved} API calls`;
}
