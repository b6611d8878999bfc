import type { OutcomesHealth } from '../core/ports.ts';
import { count, type Finding, note, ok, problem, span } from './finding.ts';

/** The database stops counting here. */
const COUNTED_TO = 1_000;

/** A webhook usually leaves within a second or two. */
const WAITS_LONG_SECONDS = 10 * 60;

/** Sends webhooks again that were set aside. The operator runs it in Supabase's SQL editor after fixing the cause. */
export const SEND_AGAIN_SQL = 'select lead_bot.send_outcomes_again();';

/** Where webhooks go, and what became of them. Nothing is sent to find out. */
export function explainOutcomes(
  { url, people }: { url: string; people: boolean },
  { waiting, oldestWaitingSeconds: oldest, setAside, endpoint }: OutcomesHealth,
): Finding[] {
  const findings: Finding[] = [];
  const { host } = new URL(url);
  const whom = people ? 'with people' : 'without people';
  const where = `Webhooks go to ${host}, ${whom}`;
  if (endpoint === null) {
    findings.push(note(`${where}. No bot has started with this URL yet.`));
  } else if (endpoint.goneAt !== null) {
    findings.push(
      problem(
        `${where}, which answers that this URL is gone (HTTP 410). Nothing is sent but one attempt every 12 hours. Correct OUTCOME_WEBHOOK_URL, or restart the bot once the receiver is back.`,
      ),
    );
  } else if (endpoint.failures > 0) {
    findings.push(
      problem(
        `${where}, and the last ${endpoint.failures === 1 ? 'attempt' : `${endpoint.failures} attempts`} failed (${endpoint.reason ?? 'unknown'}). The bot tries again at least every hour.`,
      ),
    );
  } else {
    findings.push(ok(`${where}.`));
  }
  if (waiting > 0) {
    const since = `${atLeast(waiting)}${count(waiting, 'webhook')} to send, the oldest for ${span(oldest)}`;
    const isStuck = oldest >= WAITS_LONG_SECONDS && (endpoint === null || endpoint.failures === 0);
    findings.push(
      isStuck
        ? problem(`${since}. Is the bot running? Its log says why it does not send.`)
        : note(`${since}.`),
    );
  }
  for (const { reason, count: many } of setAside) {
    findings.push(
      problem(
        `${atLeast(many)}${count(many, 'webhook')} set aside after three days (${reason ?? 'unknown'}).`,
      ),
    );
  }
  if (setAside.length > 0) {
    findings.push(
      note(
        `After fixing the cause, send them again with this SQL, within 30 days: ${SEND_AGAIN_SQL}`,
      ),
    );
  }
  return findings;
}

const atLeast = (many: number): string => (many >= COUNTED_TO ? 'At least ' : '');
