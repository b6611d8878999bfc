import type { AppendedColumns } from '../core/checkup.ts';
import type { Directory } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import { count, type Finding, note, ok, problem } from './finding.ts';

/** Null where Slack can't be asked. */
export type Look = Directory['look'] | null;

/** Which columns the owner of the view has appended to it, and which of their values the bot can't use. */
export async function* explainColumns(
  { found, wrong, channels, unfit }: AppendedColumns,
  look: Look,
  allowExternal: boolean,
): AsyncGenerator<Finding, void, undefined> {
  yield ok(
    found.length === 0
      ? 'lead_dashboard has none of the columns that may be added: alert_channel, owner_email, crm_url, card_fields.'
      : `Of the columns that may be added, lead_dashboard has ${found.join(', ')}.`,
  );
  for (const value of unfit) {
    yield problem(
      `alert_channel says “${shown(value)}”, which is not the id of a channel or would be the 51st within 90 days: those cards go to ALERT_CHANNEL.`,
    );
  }
  for (const { channel, refused } of channels) {
    const finding = await aboutChannel(channel, refused, look, allowExternal);
    if (finding !== null) yield finding;
  }
  if (wrong === null) return;
  const ofAll = `of ${count(wrong.leads, 'lead')} of open alerts`;
  const unused = (number: number, what: string) =>
    number === 0 ? [] : [note(`${number} ${ofAll} ${number === 1 ? 'has' : 'have'} ${what}.`)];
  yield* unused(wrong.ownerEmail, 'an owner_email that is no e-mail address: it is shown as it is');
  yield* unused(wrong.crmUrl, 'a crm_url that is no http(s) URL: it is left out');
  yield* unused(
    wrong.cardFields,
    'card_fields that are no JSON object of labels and texts: they are left out',
  );
  yield* unused(wrong.unreadable, 'an added column that fails for them (an error in the view)');
}

async function aboutChannel(
  channel: string,
  refused: string | null,
  look: Look,
  allowExternal: boolean,
): Promise<Finding | null> {
  const cards = `The cards go to ALERT_CHANNEL.`;
  const seen = look === null ? null : await look(channel).catch(() => null);
  const code =
    seen === null
      ? refused
      : (seen.obstacle ??
        (seen.audience === 'external' && !allowExternal ? 'is_ext_shared' : null));
  if (code !== null) {
    const advice = adviceOnSlack(code);
    return problem(
      `alert_channel names ${channel}, where the bot can't post (${code}). ${cards}${advice === null ? '' : ` ${advice}`}`,
    );
  }
  if (refused === null) return null;
  return note(
    `alert_channel names ${channel}, where Slack refused the last card (${refused}). It looks as if the bot could post there now.`,
  );
}

/** What stands in the view is printed on a terminal. */
const shown = (value: string): string => value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
