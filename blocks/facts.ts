import type { AlertPicture, PastAlert } from '../src/core/alert.ts';
import type { Account, AccountLead, Signal, Snapshot, Stakeholder } from '../src/core/lead.ts';
import { WEIGHTS } from '../src/core/score.ts';
import {
  amount,
  calendarDate,
  compact,
  growth,
  humanize,
  money,
  monthOf,
  range,
  timeAgo,
} from './format.ts';
import { dotted, labeledLine } from './parts.ts';
import { METHODS, outcomeWords, reasonIn, scoreOf } from './state.ts';
import { domainLink, emailLink, link, mention, plain, safe } from './text.ts';

/** Facts about a company and its leads, as safe mrkdwn. Null means nothing to show. */

/** Characters of a next step in a notification or a row. */
const NEXT_STEP_LENGTH = 140;

/**
 * As many whole sentences from the end of a suggested action as fit into a next step, at least one: suggestions tend
 * to begin with the reasons, and end with what to do.
 */
function lastSentences(lead: AccountLead | null): string {
  const sentences = plain(lead?.suggestedAction ?? '', 3000).split(/(?<=[.!?])\s+(?=\p{Lu})/u);
  let step = sentences.pop() ?? '';
  for (const sentence of sentences.reverse()) {
    const longer = `${sentence} ${step}`;
    if (longer.length > NEXT_STEP_LENGTH) break;
    step = longer;
  }
  return step;
}

/** What to do, as plain text. */
export function nextStep(lead: AccountLead | null): string | null {
  return plain(lastSentences(lead), NEXT_STEP_LENGTH) || null;
}

/** What to do, as safe mrkdwn, uncut up to `max`. Details has the whole suggested action. */
export function doNext(lead: AccountLead | null, max: number): string | null {
  return safe(lastSentences(lead), max) || null;
}

/** The suggested action as one paragraph. */
export function suggestedAction(lead: AccountLead | null, max: number): string | null {
  return lead?.suggestedAction ? safe(lead.suggestedAction, max) || null : null;
}

/** A developer's full name, else email address, as plain text. */
export function nameOf(lead: AccountLead, max = 80): string {
  return plain(lead.championName ?? '', max) || plain(lead.email, max) || 'Unnamed developer';
}

function list(items: readonly string[], most: number, max = 40): string | null {
  const named = items.map((item) => safe(item, max)).filter((item) => item !== '');
  if (named.length === 0) return null;
  const more = named.length - most;
  return `${named.slice(0, most).join(', ')}${more > 0 ? ` +${more} more` : ''}`;
}

function joined(lines: readonly (string | null)[]): string | null {
  return lines.filter((line) => line !== null && line !== '').join('\n') || null;
}

/** Name, address and when they were last active. */
export function champion(lead: AccountLead): string | null {
  const name = lead.championName === null ? '' : safe(lead.championName, 80);
  return dotted([
    name,
    emailLink(lead.email),
    lead.lastActiveAt && `active ${timeAgo(lead.lastActiveAt)}`,
  ]);
}

export function usage(lead: AccountLead): string | null {
  const calls = amount(lead.apiCalls30d, 'API call');
  const moved = growth(lead.apiCallGrowthPct);
  const plan = lead.billingTier === null ? '' : safe(humanize(plain(lead.billingTier, 30)), 40);
  const uses = list(lead.featuresUsed, 8);
  return joined([
    calls === null ? callGrowth(lead) : `${calls} in 30 days${moved === null ? '' : ` (${moved})`}`,
    dotted([
      amount(lead.projectCount, 'project'),
      lead.teamMemberCount === null ? null : amount(lead.teamMemberCount, 'team member'),
      plan && `${plan} plan`,
    ]),
    uses && `Uses ${uses}`,
  ]);
}

function callGrowth(lead: AccountLead): string | null {
  const moved = growth(lead.apiCallGrowthPct);
  return moved && `API calls ${moved} in 30 days`;
}

/** One line: industry, size, funding and links. */
export function company(account: Account, lead: AccountLead): string | null {
  const stage = lead.fundingStage === null ? '' : safe(humanize(plain(lead.fundingStage, 30)), 40);
  const raised = money(lead.totalFundingUsd);
  const funding = [stage, raised].filter((part) => part !== null && part !== '').join(', ');
  return dotted([
    lead.industry === null ? null : safe(lead.industry, 60),
    people(lead),
    funding,
    account.domain === null ? null : domainLink(account.domain),
    account.linkedinUrl && link(account.linkedinUrl, 'LinkedIn'),
  ]);
}

export function stack(lead: AccountLead): string | null {
  return list(lead.techStack, 12);
}

/** From the columns that the owner appended to the view: the account owner and up to five custom fields. */
export function appendedFields({
  ownerEmail,
  ownerUser,
  cardFields,
}: AccountLead): (string | null)[] {
  const more = cardFields.flatMap(({ label, text }) => {
    const [title, value] = [safe(label, 60), safe(text, 300)];
    return title === '' || value === '' ? [] : [labeledLine(title, value)];
  });
  const owner = mention(ownerUser) ?? (ownerEmail ? emailLink(ownerEmail) : null);
  return [labeledLine('Account owner', owner), ...more];
}

function people({ employeeCount, employeeRange }: AccountLead): string | null {
  if (employeeCount !== null) return amount(employeeCount, 'person', 'people');
  const between = employeeRange === null ? '' : safe(range(plain(employeeRange, 30)), 40);
  return between === '' ? null : `${between} people`;
}

/** Why to act now, as one line: what has moved since the lead was last not hot, else its growth and strongest signals. */
export function whyNow(account: Account, lead: AccountLead): string | null {
  const moved = lead.before === null ? [] : changesSince(lead.before, lead).slice(0, 4);
  if (moved.length > 0) return moved.join(' · ');
  const signals = account.signals.slice(0, 3).map(signalTitle);
  const more = Math.max(lead.signalCount, account.signals.length) - signals.length;
  return dotted([callGrowth(lead), ...signals, more > 0 ? `+${more} more in Details` : null]);
}

function signalTitle({ title, type, date }: Signal): string {
  const on = calendarDate(date, { day: 'numeric', month: 'short' });
  return `${safe(title, 70) || safe(humanize(plain(type, 40)), 60) || 'Signal'}${on === null ? '' : ` (${on})`}`;
}

/** A signal in the details: title, type, strength, date and text. */
export function signalLine(signal: Signal): string {
  const about = dotted([
    safe(humanize(plain(signal.type, 40)), 60) || null,
    `${signal.strength} strength`,
    calendarDate(signal.date, { day: 'numeric', month: 'short', year: 'numeric' }),
  ]);
  const detail = signal.detail === null ? '' : safe(signal.detail, 300);
  return `• ${safe(signal.title, 150) || 'Signal'} – ${about}${detail === '' ? '' : `\n   ${detail}`}`;
}

/** One line. */
export function deciders({ stakeholders }: Account): string | null {
  const found = stakeholders.filter(({ isDecisionMaker }) => isDecisionMaker);
  const more = found.length - 3;
  return dotted([
    ...found.slice(0, 3).map(personLink),
    more > 0 ? `+${more} more in Details` : null,
  ]);
}

/** The name links to the person's LinkedIn page. */
function personLink({ fullName, title, linkedinUrl }: Stakeholder): string {
  const name = (linkedinUrl && link(linkedinUrl, plain(fullName, 80))) || safe(fullName, 80);
  const role = title === null ? '' : safe(title, 80);
  return role === '' ? name || 'Unnamed' : `${name || 'Unnamed'}, ${role}`;
}

export function stakeholderLine(person: Stakeholder): string {
  const roles = [
    person.isDecisionMaker ? 'decision maker' : null,
    person.isBudgetHolder ? 'budget holder' : null,
    person.isTechnical ? 'technical' : null,
  ].filter((role) => role !== null);
  return `• ${personLink(person)}${roles.length === 0 ? '' : ` – ${roles.join(', ')}`}`;
}

/** The account's other hot developers, with their scores. */
export function othersHot({ leads }: Account): string | null {
  const others = leads.slice(1).filter(({ tier, leftAt }) => tier === 'hot' && leftAt === null);
  if (others.length === 0) return null;
  const named = others.slice(0, 3).map((lead) => {
    const score = scoreOf(lead);
    return `${safe(nameOf(lead, 60), 60)}${score === null ? '' : ` (${score})`}`;
  });
  const more = others.length - named.length;
  return `Also hot: ${named.join(', ')}${more > 0 ? ` +${more} more` : ''}`;
}

/** What came of the company's previous alert, as seen from one that opened at `now`. */
export function lastTime(past: PastAlert | null, now: Date): string | null {
  if (past === null) return null;
  const note = past.note === null ? '' : safe(past.note.body, 160);
  const ended = [whatTheyDid(past), past.outcome && outcomeWords(past.outcome)];
  const story = `Was hot in ${monthOf(past.openedAt, now)}: ${ended.filter(Boolean).join(', ')}`;
  return note === '' ? `${story}.` : `${story}. “${note}”`;
}

function whatTheyDid({ owner, contactedAt, contactMethod, hold }: PastAlert): string {
  const who = mention(owner);
  if (hold?.kind === 'not-a-fit') {
    return `${mention(hold.by) ?? 'someone'} marked it as not a fit${reasonIn(hold)}`;
  }
  if (contactedAt !== null) return `${who ?? 'someone'} ${METHODS[contactMethod ?? 'other'].did}`;
  return who === null ? 'nobody claimed it' : `${who} claimed it, not contacted`;
}

/** What changed between two snapshots of a lead, most telling first. */
export function changesSince(before: Snapshot, now: AccountLead): string[] {
  const arrow = (from: string | null, to: string | null) =>
    from !== null && to !== null && from !== to ? `${from} → ${to}` : null;
  // Growth from nothing has no starting figure.
  const callChange = (from: string | null, to: string | null) =>
    from === null ? callGrowth(now) : labelChange('API call growth', arrow(from, to));
  const number = (value: number | null) =>
    value === null || !Number.isFinite(value) ? null : compact(value);
  const labelChange = (what: string, change: string | null) =>
    change === null ? null : `${what} ${change}`;
  const added = now.featuresUsed.filter((feature) => !before.featuresUsed.includes(feature));
  const addedFeatures = list(added, 4);
  const plan = (tier: string | null) =>
    tier === null ? null : safe(humanize(plain(tier, 30)), 40);
  return [
    labelChange('Score', arrow(number(before.totalScore), scoreOf(now))),
    callChange(growth(before.apiCallGrowthPct), growth(now.apiCallGrowthPct)),
    addedFeatures && `new: ${addedFeatures}`,
    labelChange('team', arrow(number(before.teamMemberCount), number(now.teamMemberCount))),
    labelChange('plan', arrow(plan(before.billingTier), plan(now.billingTier))),
    labelChange('projects', arrow(number(before.projectCount), number(now.projectCount))),
  ].filter((part) => part !== null);
}

/** The component that added most, for Details. */
export function biggestGain(before: Snapshot, { components }: AccountLead): string | null {
  const earlier = before.components;
  if (earlier === null || components === null) return null;
  const gains = WEIGHTS.map(({ key, label, percent }) => ({
    text: `${label.toLowerCase()} score ${earlier[key]} → ${components[key]}`,
    points: (components[key] - earlier[key]) * percent,
  })).sort((a, b) => b.points - a.points);
  const [top] = gains;
  return top !== undefined && top.points > 0 ? top.text : null;
}

/** The company's name as plain text, or the developer's if the company is unknown. */
export function accountName({ name, key, leads: [lead] }: Account, max = 80): string {
  if (!key.startsWith('lead:')) return plain(name, max) || plain(key, max) || 'Unnamed company';
  return plain(name, max) || (lead === undefined ? 'Unnamed developer' : nameOf(lead, max));
}

/** What to type after `/lead` to find this account, as plain text. */
export function lookupTerm({ account }: AlertPicture): string | null {
  return plain(account.domain ?? account.leads[0]?.email ?? '', 200) || null;
}
