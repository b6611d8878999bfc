import type { Health } from '../core/ports.ts';
import { adviceOnSlack } from '../core/slack-advice.ts';
import { count, type Finding, span } from './finding.ts';

/** From here on `lead_bot_health` may not have counted all. */
const COUNTED_TO = 1_000;

/** A new card waits a second or two; longer than this, nobody is delivering. */
const WAITS_LONG_SECONDS = 10 * 60;

/**
 * What an operator types into Supabase's SQL editor when the cause is mended: refused messages are
 * tried once more.
 */
export const TRY_AGAIN_SQL =
  "update lead_bot.messages set state = case when slack_ts is null then 'pending' else 'posted' end, attempts = 0, attempted_at = null, looks = 0, next_try_at = now() where state = 'dead';";

/** What the bot has still to do, in words, and what a person should do about it. */
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
        `Nothing is sent to Slack at all (${why}). Mend what is said above about the bot token, then start the bot again.`,
      );
    } else {
      const mending = adviceOnSlack(why) ?? 'See what Slack says about it.';
      add(
        'problem',
        `Channel ${channel} is paused (${why}). ${mending} The bot tries again by itself, at least every five minutes.`,
      );
    }
  }

  if (oldest >= WAITS_LONG_SECONDS && waiting + unclear > 0 && paused.length === 0) {
    add(
      'problem',
      `${atLeast(waiting + unclear)}${count(waiting + unclear, 'message')} to send, the oldest since ${span(oldest)}. Is the bot running? Its log says why it does not send.`,
    );
  } else {
    if (waiting > 0) {
      add(
        'note',
        `${atLeast(waiting)}${count(waiting, 'message')} to send or to bring up to date.`,
      );
    }
    if (unclear > 0) {
      add(
        'note',
        `${count(unclear, 'post')} of unclear outcome: the bot looks for them in the channel before it posts again.`,
      );
    }
  }

  if (health.replaced > 0) {
    add(
      'note',
      `In the last week ${atLeast(health.replaced)}${count(health.replaced, 'card')} had to be posted anew, because Slack no longer lets the bot update the old one. The workspace limits how long messages can be edited: an administrator may lift that (Slack admin → Settings → Permissions → Message editing).`,
    );
  }
  for (const { kind, channel, reason, count: many } of deadReasons) {
    add(
      'problem',
      `Slack has refused ${count(many, kind)} for ${channel} for good (${reason ?? 'unknown'}).`,
    );
  }
  if (deadReasons.length > 0) {
    add('note', `When the cause is mended, try refused messages again with SQL: ${TRY_AGAIN_SQL}`);
  }
  if (findings.length === 0) {
    add(
      'ok',
      `Every message stands in Slack as it should (${count(health.openAlerts, 'open alert')}).`,
    );
  }
  return findings;
}

const atLeast = (messages: number): string => (messages >= COUNTED_TO ? 'At least ' : '');
