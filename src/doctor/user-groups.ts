import { judge } from '../adapters/slack-verdict.ts';
import { type AccessPolicy, denialReasonFor } from '../core/access.ts';
import type { Directory } from '../core/ports.ts';
import { count, type Finding, note, ok, problem } from './finding.ts';

type Groups = Pick<Directory, 'groupMembers' | 'isRefusal'>;

/** A setting with the id of a user group. */
interface Named {
  setting: 'MANAGERS' | 'ROTATION' | 'ON_DUTY';
  group: string;
  /** While the group has no one. */
  lost: string;
  /** While it can't be read, if that is harmless. */
  unread?: string;
}

/** Returns no one if the group can't be read. */
async function* checkGroup(
  directory: Groups,
  { setting, group, lost, unread }: Named,
): AsyncGenerator<Finding, readonly string[], undefined> {
  const where = `${setting} (${group})`;
  let people: readonly string[];
  try {
    people = [...(await directory.groupMembers(group))];
  } catch (error) {
    const { reason } = judge(error);
    yield unread !== undefined && reason === 'missing_scope'
      ? note(`The bot may not read the user group in ${where}, ${unread}.`)
      : unreadable(where, lost, reason, directory.isRefusal(error));
    return [];
  }
  yield people.length === 0
    ? problem(`The user group in ${where} is empty, ${lost}.`)
    : ok(`The user group in ${where} has ${count(people.length, 'member')}.`);
  return people;
}

export async function* checkManagers(directory: Groups, group: string): AsyncGenerator<Finding> {
  yield* checkGroup(directory, { setting: 'MANAGERS', group, lost: 'so it adds no managers' });
}

/** @param channels those whose members can get any lead */
export async function* checkRotation(
  directory: Groups & Pick<Directory, 'members'>,
  group: string,
  channels: readonly string[],
  makesOffers: boolean,
): AsyncGenerator<Finding, void, undefined> {
  if (!makesOffers) yield note('ROTATION has no effect: FIRST_CALL=0 turns offers off.');
  const people = yield* checkGroup(directory, {
    setting: 'ROTATION',
    group,
    lost: 'so no lead is offered to it',
  });
  if (people.length === 0) return;
  if (people.length === 1) {
    yield note('With one member, ROTATION offers every lead to the same AE.');
  }
  try {
    const within = await Promise.all(channels.map((channel) => directory.members(channel)));
    const outside = people.filter((person) => !within.some((members) => members.has(person)));
    if (outside.length > 0) {
      yield note(
        `${outside.length === 1 ? '1 of them is' : `${outside.length} of them are`} in neither ALERT_CHANNEL nor DIGEST_CHANNEL, so they are offered only leads of other channels that they are in.`,
      );
    }
  } catch (error) {
    yield note(`Could not check whether they are in the channels: ${judge(error).reason}.`);
  }
}

/** Who reminders mention. */
interface Duty {
  onDuty: { user: string } | { group: string };
  /** Those whose members can get any lead. */
  channels: readonly string[];
  policy: AccessPolicy;
  reminds: boolean;
}

const REMIND_NOBODY = 'so reminders mention nobody';

export async function* checkOnDuty(
  directory: Groups & Pick<Directory, 'members' | 'person'>,
  { onDuty, channels, policy, reminds }: Duty,
): AsyncGenerator<Finding, void, undefined> {
  if (!reminds) yield note('ON_DUTY has no effect: without CLAIM_WITHIN there are no reminders.');
  if ('group' in onDuty) {
    yield* checkGroup(directory, {
      setting: 'ON_DUTY',
      group: onDuty.group,
      lost: REMIND_NOBODY,
      unread: 'so reminders mention it even if it is empty',
    });
    return;
  }
  const { user } = onDuty;
  const who = `The user in ON_DUTY (${user})`;
  try {
    const why = denialReasonFor((await directory.person(user)).kind, 'in', policy);
    if (why !== null) {
      yield problem(`${who} can't get leads (${why}), ${REMIND_NOBODY}.`);
      return;
    }
    const within = await Promise.all(channels.map((channel) => directory.members(channel)));
    yield within.some((members) => members.has(user))
      ? ok(`${who} can get leads.`)
      : note(
          `${who} is in neither ALERT_CHANNEL nor DIGEST_CHANNEL, so reminders mention them only in other channels that they are in.`,
        );
  } catch (error) {
    yield note(`Could not check the user in ON_DUTY (${user}): ${judge(error).reason}.`);
  }
}

function unreadable(where: string, lost: string, reason: string, isRefusal: boolean): Finding {
  switch (reason) {
    case 'missing_scope':
      return problem(
        `The bot may not read the user group in ${where}, ${lost}. It needs the scope usergroups:read: add it under OAuth & Permissions and install the app again.`,
      );
    case 'no_such_subteam':
      return problem(
        `Slack does not know the user group in ${where}, ${lost}. Check the id, and that the group is enabled.`,
      );
    default:
      return isRefusal
        ? problem(`Slack doesn't list the user group in ${where}: ${reason}.`)
        : note(`Could not check the user group in ${where}: ${reason}.`);
  }
}
