import type { AppendedColumns } from '../core/checkup.ts';
import type { Directory } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import { count, type Finding, note, ok, problem } from './finding.ts';

/** Null if Slack can't be reached. */
export type ChannelLookup = Directory['look'] | null;

/** Which optional columns the view has, and which of their values the bot can't use. */
export async function* explainColumns(
  { found, wrong, channels, unfit }: AppendedColumns,
  look: ChannelLookup,
  allowExternal: boolean,
): AsyncGenerator<Finding, void, undefined> {
  yield ok(
    found.length === 0
      ? 'lead_dashboard has none of the optional columns: alert_channel, owner_email, crm_url, card_fields.'
      : `Optional columns found in lead_dashboard: ${found.join(', ')}.`,
  );
  for (const value of unfit) {
    yield problem(
      `alert_channel contains “${printable(value)}”, which is not a channel id, or would be the 51st channel within 90 days. Those cards go to ALERT_CHANNEL.`,
    );
  }
  for (const { channel, refused } of channels) {
    const finding = await aboutChannel(channel, refused, look, allowExternal);
    if (finding !== null) yield finding;
  }
  if (wrong === null) return;
  const ofAll = `of ${count(wrong.leads, 'lead')} with open alerts`;
  const explainUnused = (number: number, what: string) =>
    number === 0 ? [] : [note(`${number} ${ofAll} ${number === 1 ? 'has' : 'have'} ${what}.`)];
  yield* explainUnused(
    wrong.ownerEmail,
    'an owner_email that is not an e-mail address: shown as is',
  );
  yield* explainUnused(wrong.crmUrl, 'a crm_url that is not an http(s) URL: left out');
  yield* explainUnused(
    wrong.cardFields,
    'card_fields that are not a JSON object of labels and texts: left out',
  );
  yield* explainUnused(
    wrong.unreadable,
    'an optional column that fails to evaluate (an error in the view)',
  );
}

async function aboutChannel(
  channel: string,
  refused: string | null,
  look: ChannelLookup,
  allowExternal: boolean,
): Promise<Finding | null> {
  const seen = look === null ? null : await look(channel).catch(() => null);
  const code =
    seen === null
      ? refused
      : (seen.obstacle ??
        (seen.audience === 'external' && !allowExternal ? 'is_ext_shared' : null));
  if (code !== null) {
    const advice = adviceOnSlack(code);
    return problem(
      `alert_channel names ${channel}, where the bot can't post (${code}). The cards go to ALERT_CHANNEL.${advice === null ? '' : ` ${advice}`}`,
    );
  }
  if (refused === null) return null;
  return note(
    `alert_channel names ${channel}, where Slack refused the last card (${refused}). The bot can probably post there now.`,
  );
}

/** Strips control characters, which could drive the terminal. */
const printable = (value: string): string => value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�');
