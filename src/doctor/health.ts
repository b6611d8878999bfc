import { kindInWords } from '../core/direct.ts';
import type { Health } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import { count, type Finding, span } from './finding.ts';

/** `lead_bot_health` stops counting at this many messages per channel. */
const COUNTED_TO = 1_000;

/** A new card usually waits a second or two. */
const WAITS_LONG_SECONDS = 10 * 60;

/** Retries refused messages. The operator runs it in Supabase's SQL editor after fixing the cause. */
export const TRY_AGAIN_SQL =
  "update lead_bot.messages set state = case when slack_ts is null then 'pending' else 'posted' end, attempts = 0, attempted_at = null, looks = 0, next_try_at = now() where state = 'dead';";

/** The bot's backlog, and what the operator should do about it. */
export function explainHealth(health: Health): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], text: string): void => {
    findings.push({ kind, text });
  };
  const { waiting, unclear, paused, deadReasons, oldestWaitingSeconds: oldest } = health;

  for (const { channel, reason } of paused) {
    const why = reason ?? 'unknown';
    if (channel === '*') {
      add(
        'problem',
        `Nothing is sent to Slack (${why}). Fix the problem with the bot token above, then restart the bot.`,
      );
    } else {
      const advice = adviceOnSlack(why) ?? "Look the code up in Slack's documentation.";
      add(
        'problem',
        `Channel ${channel} is paused (${why}). ${advice} The bot retries at least every five minutes.`,
      );
    }
  }

  if (oldest >= WAITS_LONG_SECONDS && waiting + unclear > 0 && paused.length === 0) {
    add(
      'problem',
      `${atLeast(waiting + unclear)}${count(waiting + unclear, 'message')} to send, the oldest waiting for ${span(oldest)}. Is the bot running? Its log says why it does not send.`,
    );
  } else {
    if (waiting > 0) {
      add('note', `${atLeast(waiting)}${count(waiting, 'message')} to send or update.`);
    }
    if (unclear > 0) {
      add(
        'note',
        `${count(unclear, 'post')} with an unclear outcome: the bot searches the channel before it posts again.`,
      );
    }
  }

  if (health.replaced > 0) {
    add(
      'note',
      `In the last week, ${atLeast(health.replaced).toLowerCase()}${count(health.replaced, 'card')} had to be posted again because Slack no longer lets the bot update the old one. The workspace limits how long messages can be edited; an administrator can lift that (Slack admin → Settings → Permissions → Message editing).`,
    );
  }
  for (const { kind, channel, reason, count: many } of deadReasons) {
    add(
      'problem',
      `Slack permanently refused ${count(many, kindInWords(kind))} for ${channel} (${reason ?? 'unknown'}).`,
    );
  }
  if (deadReasons.length > 0) {
    add('note', `After fixing the cause, retry refused messages with this SQL: ${TRY_AGAIN_SQL}`);
  }
  if (findings.length === 0) {
    add('ok', `Every message is up to date in Slack (${count(health.openAlerts, 'open alert')}).`);
  }
  return findings;
}

const atLeast = (messages: number): string => (messages >= COUNTED_TO ? 'At least ' : '');
