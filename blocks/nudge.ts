import type { AlertPicture } from '../src/core/alert.ts';
import type { StepKind } from '../src/core/steps.ts';

/** Gestures after which what the bot said by itself before no longer applies. */
const BEGINS_AGAIN: ReadonlySet<string> = new Set([
  'claimed',
  'handed-over',
  'given-back',
  'kept',
  'contacted',
  'released',
  'expired',
  'woke',
]);

/**
 * Whether a step of the bot still asks its reader for something.
 * @param until of a warning: when it said that the lead would go back
 */
export function stillAsks(
  step: StepKind,
  picture: AlertPicture,
  to: string,
  until: Date | null = null,
): boolean {
  const { status, owner, closedAt, hold, coolingSince, keeps, outcome } = picture.alert;
  if (closedAt !== null || hold !== null) return false;
  const isHot = coolingSince === null;
  switch (step) {
    case 'reminder':
    case 'escalation':
      return status === 'open' && isHot;
    case 'warning':
      return status === 'claimed' && owner === to && isHot && !hasMovedOn(picture, 'warned', until);
    case 'kept-again':
      return status === 'claimed' && keeps >= 2 && isHot;
    case 'follow-up':
      return (
        status === 'contacted' && owner === to && outcome === null && !hasMovedOn(picture, 'asked')
      );
    case 'return':
    case 'news':
      return false;
  }
}

/** Whether someone has been warned that their lead goes back, and can still keep it. */
export const isWarned = (picture: AlertPicture, owner: string): boolean =>
  picture.events.some(({ kind }) => kind === 'warned') && stillAsks('warning', picture, owner);

/** Whether someone has done something since the bot last did this, or last before a time, that wasn't undone. */
function hasMovedOn(
  { events }: AlertPicture,
  step: 'warned' | 'asked',
  before: Date | null = null,
): boolean {
  const last = events.findLastIndex(
    ({ kind, at }) => kind === step && (before === null || at < before),
  );
  // Older than what the picture holds: nothing is known to have happened since.
  if (last < 0) return false;
  const since = events.slice(last + 1);
  const done = since.filter(({ kind }) => BEGINS_AGAIN.has(kind)).length;
  const undone = since.filter(
    ({ kind, detail }) => kind === 'undone' && BEGINS_AGAIN.has(detail ?? ''),
  ).length;
  return done > undone;
}

/** Since when a lead has been unclaimed. */
export function unclaimedSince({ alert, events }: AlertPicture): Date {
  const freed = events.findLast(({ kind }) =>
    ['released', 'given-back', 'expired', 'woke'].includes(kind),
  );
  return freed?.at ?? alert.openedAt;
}

export const timesKept = (keeps: number): string => (keeps === 2 ? 'twice' : `${keeps} times`);
