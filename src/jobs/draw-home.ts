import { accessDenied } from '../../blocks/access-denied.ts';
import { home, idleHome } from '../../blocks/home.ts';
import { homeTab, lines } from '../../blocks/parts.ts';
import { plainFallback } from '../../blocks/plain-fallback.ts';
import type { HomeRows } from '../core/home.ts';
import type { Content, Drawing } from '../core/message.ts';
import type { Absences, AccessCheck, DirectSettings, Homes, Managers } from '../core/ports.ts';
import type { Deadlines } from '../core/steps.ts';

/** A Home tab waits this long for Slack to say who its user is. */
const WAIT_MS = 2_500;

interface HomeDeps {
  accessCheck: AccessCheck;
  homes: Pick<Homes, 'read'>;
  settings: Pick<DirectSettings, 'muted'>;
  absences: Pick<Absences, 'among'>;
  managers: Pick<Managers, 'include'>;
  deadlines: Deadlines;
  /** Of users without one in Slack. */
  timeZone: string;
}

/**
 * Draws a Home tab from what is read at this moment, for what its user may see at this moment.
 * @throws if Slack or the database can't tell
 */
export const createHomeDrawing =
  (deps: HomeDeps) =>
  async ({ user, pages, isIdle }: Content & { kind: 'home' }, plain: boolean): Promise<Drawing> => {
    const drawn = isIdle ? idleHome() : await draw(deps, user, pages);
    return plain ? inWords(drawn) : drawn;
  };

async function draw(
  { accessCheck, homes, settings, absences, managers, deadlines, timeZone }: HomeDeps,
  user: string,
  pages: HomeRows['pages'],
): Promise<Drawing> {
  const decision = await accessCheck.decide(user, WAIT_MS);
  if ('why' in decision) {
    if (decision.why === 'unchecked') throw new Error('the user of a Home tab: unchecked');
    const { text, blocks } = accessDenied(decision.why);
    return homeTab(text, blocks);
  }
  const { reach } = decision;
  const channels = reach === 'everything' ? null : reach;
  const [rows, muted, isManager, [absence = null]] = await Promise.all([
    homes.read(user, pages, channels ?? undefined),
    settings.muted(user),
    managers.include(user),
    absences.among([user]),
  ]);
  const awayUntil = await awayUntilOf(absences, rows.done, user);
  return home({
    user,
    rows,
    muted,
    isManager,
    absence,
    awayUntil,
    deadlines,
    timeZone: accessCheck.timeZoneOf(user) ?? timeZone,
    channels,
  });
}

/** Until when the colleague who was just handed a lead is away. */
async function awayUntilOf(
  absences: HomeDeps['absences'],
  done: HomeRows['done'],
  user: string,
): Promise<Date | null> {
  const owner = done?.alert.owner ?? null;
  if (done?.alert.undo?.kind !== 'handed-over' || owner === null || owner === user) return null;
  const [absence] = await absences.among([owner]);
  return absence?.until ?? null;
}

/** The tab as text alone, for when Slack refuses its blocks. */
function inWords(drawn: Drawing): Drawing {
  const { text } = plainFallback(drawn);
  return homeTab(text, lines(text.split('\n').filter((line) => line !== '')));
}
