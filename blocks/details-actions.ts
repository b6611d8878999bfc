import type { Button, KnownBlock } from '@slack/types';
import type { AlertPicture } from '../src/core/alert.ts';
import { undoButton } from './gesture-done.ts';
import { ids } from './ids.ts';
import { isWarned } from './nudge.ts';
import { actions, button, linkButton } from './parts.ts';
import { bestLead, firstCall, GESTURES } from './state.ts';

/** What `viewer` may do with an alert: all of it, since a roll-up's menu opens Details and offers nothing else. */
export function detailsActions(
  picture: AlertPicture,
  viewer: string,
  isManager: boolean,
): KnownBlock | null {
  const { alert } = picture;
  const { id, status, owner, touches, undo, handedOver } = alert;
  const press = (label: string, action: string) => button(label, action, id);
  const isTheirs = owner !== null && (owner === viewer || isManager);
  const isLive = alert.closedAt === null && alert.hold?.kind !== 'not-a-fit';
  const mayDecide = isLive && (owner === null || isTheirs);
  const first = firstCall(alert);
  const mayClaim = first === null || first.holder === viewer || isManager;
  const isAsked = isLive && handedOver !== null && owner === viewer;
  // The owner may have reached out before it cooled and only now record it.
  const mayContact = isTheirs && status !== 'merged' && alert.hold?.kind !== 'not-a-fit';
  const offered: readonly (readonly [boolean, Button | null])[] = [
    [isLive && status === 'open' && mayClaim, button('Claim lead', ids.claim, id, 'primary')],
    [first?.holder === viewer, press('Pass', ids.pass)],
    [isAsked || isWarned(picture, viewer), press('Keep it', ids.keep)],
    [isAsked, press('Give back', ids.giveBack)],
    [mayContact && touches === 0, button('Mark contacted', ids.contact, id, 'primary')],
    [isTheirs && status === 'contacted', press('Outcome', ids.outcome)],
    [mayContact && touches > 0, press('Contacted again', ids.contact)],
    [status !== 'merged', press('Take note', ids.note)],
    [isLive && (isTheirs || (owner === null && isManager)), press('Hand over', ids.handOver)],
    [mayDecide, press('Snooze', ids.snooze)],
    [mayDecide, press('Not a fit', ids.notAFit)],
    // Anyone can release the lead of an AE who has left, which the database doesn't know.
    [isLive && status === 'claimed', press('Release', ids.release)],
  ];
  const undone = undo?.actor === viewer ? undoButton(alert, undo, GESTURES.get(undo.kind)) : null;
  return actions(
    ...offered.filter(([may]) => may).map(([, one]) => one),
    undone,
    linkButton('Open in CRM', ids.crm, bestLead(picture)?.crmUrl ?? null),
  );
}
