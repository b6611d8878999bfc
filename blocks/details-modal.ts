import type { KnownBlock, ModalView } from '@slack/types';
import type { Alert, AlertEvent, AlertPicture } from '../src/core/alert.ts';
import { CONTACT_METHODS } from '../src/core/alert.ts';
import type { Account, AccountLead } from '../src/core/lead.ts';
import { explainedTotal, WEIGHTS } from '../src/core/score.ts';
import { SLACK_LIMITS } from '../src/core/slack-limits.ts';
import {
  accountName,
  appendedFields,
  champion,
  changesSince,
  company,
  nameOf,
  previousAlert,
  signalLine,
  stakeholderLine,
  suggestedAction,
  usage,
} from './facts.ts';
import { day, moment, points } from './format.ts';
import { ids } from './ids.ts';
import {
  actions,
  bold,
  button,
  context,
  divider,
  dotted,
  fields,
  labeled,
  lines,
  linkButton,
  modal,
  section,
} from './parts.ts';
import {
  bestLead,
  hotSince,
  isOver,
  METHODS,
  STATES,
  scoreOf,
  stateOf,
  statusLine,
} from './state.ts';
import { clipMrkdwn, mention, safe } from './text.ts';

/** Everything about an alert, with the buttons that `viewer` (a Slack user id) can use. */
export function detailsModal(
  picture: AlertPicture,
  viewer: string,
  privateMetadata: string,
): ModalView {
  const { alert, account, events, past } = picture;
  const state = STATES[stateOf(alert)];
  const title = dotted([
    bold(state.word),
    bold(safe(accountName(account), 100)),
    scoreOf(bestLead(picture)),
  ]);
  return modal({
    callbackId: ids.detailsModal,
    title: accountName(account, SLACK_LIMITS.modalLabel),
    close: 'Close',
    privateMetadata,
    blocks: [
      section(`${state.mark} ${title}`),
      context(statusLine(picture) ?? hotSince(alert)),
      context(
        alert.closedAt &&
          `This alert ended ${moment(alert.closedAt)}. Below is the company as it is now.`,
      ),
      // The card truncates a long note; this shows all of it.
      section(alert.contactNote === null ? null : `*Note*\n${quoted(alert.contactNote)}`),
      gestures(picture, viewer),
      ...accountParts(account),
      ...titled('History', [
        ...events.map((event) => eventLine(event, alert)),
        ...(past === null ? [] : [`• ${previousAlert(past)}`]),
      ]),
    ],
  });
}

/** A block quote that keeps the line breaks. */
function quoted(typed: string): string {
  const lines = typed.split(/\r?\n/).map((line) => `>${safe(line, 2500)}`);
  return clipMrkdwn(lines.join('\n'), 2900);
}

/** The card's buttons too, since a roll-up's menu opens this modal and offers nothing else. */
function gestures(picture: AlertPicture, viewer: string): KnownBlock | null {
  const { alert } = picture;
  const crm = linkButton('Open in CRM', ids.crm, bestLead(picture)?.crmUrl ?? null);
  const contact = button('Mark contacted', ids.contact, alert.id, 'primary');
  // The owner may have reached out before it cooled and only now record it.
  if (alert.status === 'cooled' && alert.owner === viewer) return actions(contact, crm);
  if (isOver(alert)) return actions(crm);
  if (alert.status === 'open') {
    return actions(button('Claim lead', ids.claim, alert.id, 'primary'), crm);
  }
  if (alert.owner !== viewer) return actions(crm);
  return actions(contact, button('Release', ids.release, alert.id), crm);
}

function accountParts(account: Account): (KnownBlock | null)[] {
  const [lead] = account.leads;
  const action = suggestedAction(lead ?? null, 2500);
  const signalsLeft = (lead?.signalCount ?? 0) - account.signals.length;
  const peopleLeft = (lead?.stakeholderCount ?? 0) - account.stakeholders.length;
  return [
    section(action && `*Suggested action*\n>${action}`),
    ...(lead === undefined ? [] : leadParts(account, lead)),
    ...titled('Signals', account.signals.map(signalLine), signalsLeft),
    ...titled('People', account.stakeholders.map(stakeholderLine), peopleLeft),
    ...titled('Other developers', account.leads.slice(1).map(developerLine)),
  ];
}

function leadParts(account: Account, lead: AccountLead): (KnownBlock | null)[] {
  const moved = lead.before === null ? [] : changesSince(lead.before, lead);
  const since = lead.before === null ? '' : ` since ${day(lead.before.takenAt)}`;
  return [
    section(labeled('Score', scoreLines(lead))),
    section(labeled(`What changed${since}`, moved.map((part) => `• ${part}`).join('\n'))),
    fields([
      labeled('Champion', champion(lead)),
      labeled('Usage', usage(lead)),
      labeled('Company', company(account, lead)),
      labeled('Last active', lead.lastActiveAt && moment(lead.lastActiveAt)),
      ...appendedFields(lead),
    ]),
  ];
}

function scoreLines(lead: AccountLead): string | null {
  const { components, totalScore, tier } = lead;
  const exact = explainedTotal(lead);
  const tierNote = tier === null ? '' : ` · ${tier}`;
  if (components === null) return totalScore === null ? null : `Total ${totalScore}`;
  if (exact === null) {
    const scores = WEIGHTS.map(({ key, label }) => `• ${label} ${components[key]}`);
    return [...scores, `Total ${totalScore ?? 'unknown'}${tierNote}`].join('\n');
  }
  const shown = totalScore === null || exact === totalScore ? '' : `, shown as ${totalScore}`;
  return [
    ...WEIGHTS.map(({ key, label, percent }) => {
      const adds = (components[key] * percent) / 100;
      return `• ${label} ${components[key]} × ${percent}% = ${points(adds)}`;
    }),
    `Total ${points(exact)}${shown}${tierNote}`,
  ].join('\n');
}

function developerLine(lead: AccountLead): string {
  const name = safe(nameOf(lead), 80);
  return `• ${dotted([name, scoreOf(lead), lead.leftAt === null ? lead.tier : 'no longer hot'])}`;
}

function titled(title: string, rows: readonly string[], left = 0): (KnownBlock | null)[] {
  if (rows.length === 0) return [];
  return [divider(), ...lines([`*${title}*`, ...rows, ...(left > 0 ? [`+${left} more`] : [])])];
}

const EVENT_TEXT: Readonly<Record<AlertEvent['kind'], string>> = {
  opened: 'Turned hot',
  joined: 'joined',
  left: 'is no longer hot',
  returned: 'is hot again',
  claimed: 'Claimed',
  released: 'Released',
  contacted: 'Contacted',
  cooled: 'Cooled, alert closed',
  moved: 'moved to another company',
  merged: 'Merged into another card for this company',
  absorbed: 'Absorbed another card for this company',
  'handed-over': 'Handed over',
  outcome: 'Outcome',
  snoozed: 'Snoozed',
  'not-a-fit': 'Not a fit',
  woke: 'Snooze ended',
  noted: 'Note added',
  undone: 'Undone',
};

function eventLine({ at, kind, actor, detail }: AlertEvent, { hotAtFirstPoll }: Alert): string {
  const who = mention(actor);
  const by = who === null ? '' : ` by ${who}`;
  const note = detail === null ? '' : safe(detail, 120);
  const when = moment(at);
  switch (kind) {
    case 'joined':
    case 'left':
    case 'returned':
      return `• ${when}: ${note || 'A developer'} ${EVENT_TEXT[kind]}`;
    case 'moved':
      return `• ${when}: ${detail === 'domain' ? 'The company changed its domain' : `${note || 'A developer'} ${EVENT_TEXT.moved}`}`;
    case 'contacted': {
      const method = CONTACT_METHODS.find((known) => known === detail);
      const how = method === undefined ? note && ` (${note})` : ` ${METHODS[method].by}`;
      return `• ${when}: ${EVENT_TEXT[kind]}${by}${how}`;
    }
    default: {
      const early = kind === 'opened' && hotAtFirstPoll;
      const did = early ? 'Already hot at the first poll' : EVENT_TEXT[kind];
      return `• ${when}: ${did}${by}${note === '' ? '' : ` (${note})`}`;
    }
  }
}
