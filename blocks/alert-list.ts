import type { AlertList } from '../src/core/lookup.ts';
import { alertRow } from './alert-row.ts';
import type { Message } from './message.ts';
import { context, message, section } from './parts.ts';

/** Rows that fit a message; a block each. */
const MOST = 40;

/** `/lead hot` and `/lead mine`. `whose` says to whom the leads belong where others read it, as mrkdwn. */
export function alertList(
  kind: 'hot' | 'mine',
  { alerts, total }: AlertList,
  viewer: string,
  whose = 'yours',
): Message {
  if (alerts.length === 0) {
    const text =
      kind === 'hot'
        ? 'No lead is hot at the moment.'
        : 'You have no claimed leads. `/lead hot` shows those that are free.';
    return message(text, [section(text)]);
  }
  const shown = alerts.slice(0, MOST);
  const more = Math.max(total, alerts.length) - shown.length;
  const count = total === 1 ? '1 lead' : `${Math.max(total, alerts.length)} leads`;
  const text = kind === 'hot' ? `${count} hot` : `${count} of ${whose}`;
  return message(text, [
    section(`*${text}*`),
    ...shown.map((picture, at) => alertRow(picture, viewer, `${kind}:${at}:${picture.alert.id}`)),
    context(more > 0 ? `+${more} more` : null),
  ]);
}
