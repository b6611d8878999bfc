import {
  AWAY_ROWS,
  type AwayRefusal,
  awayRefused,
  awaySet,
  awayStatus,
  welcomeBack,
} from '../../blocks/away-answer.ts';
import { limitedToChannels } from '../../blocks/channels-note.ts';
import { readAway } from '../core/away.ts';
import type { Drawing } from '../core/message.ts';
import type { Press } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';
import type { AccessGrant } from './gesture-context.ts';
import { whyNotAdmitted } from './rights.ts';

/** `/lead away` alone, or with what follows it. It is about the user alone. */
export async function sayAway(
  deps: ListenerDeps,
  grant: AccessGrant,
  words: string,
  user: string,
): Promise<Drawing> {
  const { absences, accessCheck, workingHours, now } = deps;
  const timeZone = accessCheck.timeZoneOf(user) ?? deps.timeZone;
  if (words === '') {
    const [absence = null] = await absences.among([user]);
    return awayStatus(absence, timeZone);
  }
  const said = readAway(words, now(), timeZone, workingHours);
  if (said.kind !== 'away') return awayRefused(said, timeZone);
  const { until, cover } = said;
  const refused = cover === null ? null : await whyNotCover(deps, cover, user);
  if (refused !== null) return awayRefused(refused, timeZone);
  await absences.set(user, until, cover);
  // Draws the Home tab.
  deps.wake();
  const mine = await grant.alerts.mine(user, AWAY_ROWS);
  return withinReach(grant, awaySet({ person: user, until, cover }, mine, timeZone));
}

async function whyNotCover(
  deps: ListenerDeps,
  cover: string,
  user: string,
): Promise<AwayRefusal | null> {
  if (cover === user) return { kind: 'cover-oneself' };
  const [why, [absence]] = await Promise.all([
    whyNotAdmitted(deps, cover),
    deps.absences.among([cover]),
  ]);
  if (why !== null) return { kind: 'cover-denied', cover, why };
  return absence === undefined ? null : { kind: 'cover-away', cover, until: absence.until };
}

/** Past in every clock. */
const BACK = new Date(0);

/** `/lead back`. After an absence that ended by itself, it shows the same lists. */
export async function sayBack(
  { absences, wake }: ListenerDeps,
  grant: AccessGrant,
  user: string,
): Promise<Drawing> {
  const [absence = null] = await absences.among([user]);
  if (absence !== null) {
    await absences.set(user, BACK, null);
    wake();
  }
  const [mine, covered] = await Promise.all([
    grant.alerts.mine(user, AWAY_ROWS),
    grant.alerts.covered(user, AWAY_ROWS),
  ]);
  return withinReach(grant, welcomeBack(absence, user, mine, covered));
}

/** *I'm back* on the Home tab, which then shows the rest. */
export const comeBack = (deps: ListenerDeps) => async (press: Press) => {
  await deps.absences.set(press.user, BACK, null);
  deps.log.info('back', { user: press.user });
  deps.wake();
};

const withinReach = ({ reach }: AccessGrant, drawing: Drawing): Drawing =>
  reach === 'everything' ? drawing : limitedToChannels(drawing, reach);
