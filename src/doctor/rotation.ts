import { judge } from '../adapters/slack-verdict.ts';
import type { Directory } from '../core/ports.ts';
import { count, type Finding, note, ok, problem } from './finding.ts';

/** @param channels those whose members can get any lead */
export async function* checkRotation(
  directory: Pick<Directory, 'groupMembers' | 'members' | 'isRefusal'>,
  group: string,
  channels: readonly string[],
  makesOffers: boolean,
): AsyncGenerator<Finding, void, undefined> {
  if (!makesOffers) yield note('ROTATION has no effect: FIRST_CALL=0 turns offers off.');
  let people: readonly string[];
  try {
    people = [...(await directory.groupMembers(group))];
  } catch (error) {
    yield unreadable(group, judge(error).reason, directory.isRefusal(error));
    return;
  }
  if (people.length === 0) {
    yield problem(`The user group in ROTATION (${group}) is empty, so no lead is offered to it.`);
    return;
  }
  yield ok(`The user group in ROTATION (${group}) has ${count(people.length, 'member')}.`);
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

function unreadable(group: string, reason: string, isRefusal: boolean): Finding {
  const lost = 'so no lead is offered to it';
  switch (reason) {
    case 'missing_scope':
      return problem(
        `The bot may not read the user group in ROTATION (${group}), ${lost}. It needs the scope usergroups:read: add it under OAuth & Permissions and install the app again.`,
      );
    case 'no_such_subteam':
      return problem(
        `Slack knows no user group ${group} (ROTATION), ${lost}. Check the id, and that the group is enabled.`,
      );
    default:
      return isRefusal
        ? problem(`Slack doesn't list the user group in ROTATION (${group}): ${reason}.`)
        : note(`Could not check the user group in ROTATION (${group}): ${reason}.`);
  }
}
