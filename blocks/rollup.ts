import type { Detour, Drawing, Rollup } from '../src/core/message.ts';
import { alertLine, alertOption, alertRow } from './alert-row.ts';
import { detourNote } from './detour.ts';
import { accountName } from './facts.ts';
import { ids } from './ids.ts';
import { pageValue } from './list-page.ts';
import {
  actions,
  button,
  context,
  divider,
  header,
  lines,
  message,
  section,
  select,
} from './parts.ts';
import { safe } from './text.ts';

/** Rows with buttons, then one-line rows. The menu opens either; *Show all* lists the rest too. */
const ROWS = 12;
const LINES = 30;

/** Many alerts in one message. Each can be opened and claimed from here. */
export function rollup({ id, reason, alerts, total }: Rollup, detour?: Detour): Drawing {
  const title =
    reason === 'first-run'
      ? `${total} ${total === 1 ? 'company is' : 'companies are'} already hot`
      : `${total} more ${total === 1 ? 'company' : 'companies'} turned hot at once`;
  const why =
    reason === 'first-run'
      ? 'They were hot before the bot started. From now on, each company that turns hot gets a card.'
      : 'So many at once usually means that scores were recalculated. The best leads have their own cards.';
  const [top] = alerts;
  const first = top === undefined ? '' : ` First: ${safe(accountName(top.account), 80)}.`;
  const more = total - Math.min(alerts.length, ROWS + LINES);
  return message(`${title}.${first}`, [
    header(title),
    section(why),
    context(detourNote(detour)),
    divider(),
    ...alerts
      .slice(0, ROWS)
      .flatMap((picture, at) => alertRow(picture, null, `rollup:${at}:${picture.alert.id}`)),
    ...lines(alerts.slice(ROWS, ROWS + LINES).map((picture) => alertLine(picture))),
    context(more > 0 ? `+${more} more` : null),
    actions(
      select('Open a lead…', ids.open, alerts.map(alertOption)),
      total > ROWS
        ? button('Show all', ids.nextPage, pageValue({ kind: 'rollup', offset: 0, messageId: id }))
        : null,
    ),
  ]);
}
