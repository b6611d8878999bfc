import type { Alert, AlertPicture, Refusal } from '../src/core/alert.ts';
import type { Drawing } from '../src/core/message.ts';
import { accountName, lookupTerm } from './facts.ts';
import { ago, day, moment } from './format.ts';
import { message, section } from './parts.ts';
import { firstCall } from './state.ts';
import { mention, safe } from './text.ts';

/** Tells the user why their gesture did nothing. */
export function refusal(refused: Refusal, now: Date): Drawing {
  const text = refusalText(refused, now);
  return message(text, [section(text)]);
}

function refusalText(refused: Refusal, now: Date): string {
  const name = 'picture' in refused ? nameIn(refused.picture) : '';
  switch (refused.why) {
    case 'not-found':
      return 'This alert no longer exists. Look the company up with `/lead` and its domain.';
    case 'already-yours':
      return `You have already claimed ${name}. You can mark it as contacted, hand it over or release it.`;
    case 'claimed-by-other':
      return `${name} was claimed by ${mention(refused.owner) ?? 'another AE'} ${ago(refused.claimedAt, now)}. ${ASK_OR_NOTE}`;
    case 'not-yours': {
      const owner = mention(refused.owner);
      return owner === null
        ? `Nobody has claimed ${name}. Claim it first.`
        : `${name} is claimed by ${owner}. ${instead(refused.picture.alert)}`;
    }
    case 'already-contacted':
      return `${name} was contacted ${ago(refused.contactedAt, now)}. ${mention(refused.owner) ?? 'Another AE'} has it, and can hand it over. ${NOTE}`;
    case 'not-a-fit':
      return `${mention(refused.hold.by) ?? 'Someone'} marked ${name} as not a fit ${ago(refused.hold.at, now)}. It may return on ${day(refused.hold.until)}. If that is wrong, take a note in *Details*.`;
    case 'offered':
      if (refused.offer.ended !== null) {
        return `${mention(refused.offer.holder) ?? 'Another AE'} gets first call on ${name} when its snooze ends. If it can't wait, ask them to claim it.`;
      }
      return `${mention(refused.offer.holder) ?? 'Another AE'} has first call on ${name} ${moment(refused.offer.until, { after: 'until' })}. After that, anyone can claim it. If it can't wait, ask them to pass.`;
    case 'not-offered':
      return `You don't have first call on ${name}. ${whoseItIs(refused.picture.alert)}`;
    case 'not-handed-over':
      return refused.picture.alert.status === 'contacted'
        ? `${name} is already yours. To give it up, hand it over.`
        : `${name} is already yours. To give it up, release it or hand it over.`;
    case 'not-contacted':
      return `${name} has not been contacted yet. Mark it as contacted first.`;
    case 'already-theirs':
      return `${mention(refused.owner) ?? 'That AE'} already has ${name}.`;
    case 'past':
      return 'That time is in the past. Choose a later one.';
    case 'too-far':
      return 'That is more than a year away. Choose an earlier date.';
    case 'changed-since':
      return `Someone has changed ${name} since, so this can't be undone.`;
    case 'too-late':
      return "That was more than ten minutes ago, so it can't be undone.";
    case 'not-allowed':
      return `You can't do that with ${name} right now. Its card shows the current state.`;
    case 'over': {
      const { closedAt, mergedInto } = refused.picture.alert;
      const word = lookupTerm(refused.picture);
      return [
        mergedInto !== null
          ? `${name} is now on another card.`
          : `This alert for ${name} ended${closedAt === null ? '' : ` ${ago(closedAt, now)}`}.`,
        word === null ? null : `\`/lead ${safe(word, 200)}\` shows where it stands.`,
      ]
        .filter((part) => part !== null)
        .join(' ');
    }
  }
}

const NOTE = 'You can take a note in *Details*.';
const ASK_OR_NOTE = 'Ask them to hand it over, or take a note in *Details*.';

/** What one can do with another AE's lead. */
function instead({ status, closedAt }: Alert): string {
  if (closedAt !== null) return NOTE;
  return status === 'claimed' ? `${ASK_OR_NOTE} If they have left, release it.` : ASK_OR_NOTE;
}

function whoseItIs(alert: Alert): string {
  const { owner, hold } = alert;
  const first = firstCall(alert);
  if (first !== null) return `${mention(first.holder) ?? 'Another AE'} has.`;
  if (owner !== null) return `${mention(owner) ?? 'Another AE'} has claimed it.`;
  return hold === null ? 'Anyone can claim it.' : 'It is snoozed.';
}

function nameIn({ account }: AlertPicture): string {
  return safe(accountName(account), 80);
}
