import {
  type Checkup,
  duration,
  slowestCall,
  sweepEverySeconds,
  troublesOf,
} from '../core/checkup.ts';
import { count, type Finding, span } from './finding.ts';

/** Polls come each second unless `POLL_SCHEDULE` says otherwise. */
const WAITS_LONG_SECONDS = 5 * 60;
/** After this many missed sweeps, sweeps fail or no bot is running. */
const LONG_IN_SWEEPS = 10;

/** The state of the lead tables and of the bot's triggers and indexes, and whether a bot polls and sweeps. */
export function explainCheckup(checkup: Checkup): Finding[] {
  const { sweep, slowest, limitMs, marks } = checkup;
  const troubles = troublesOf(checkup);
  const findings: Finding[] = troubles.map(({ kind, text }) => ({ kind, text }));
  const add = (kind: Finding['kind'], text: string): void => {
    findings.push({ kind, text });
  };

  if (troubles.length === 0) {
    add('ok', 'lead_dashboard reads the current lead tables, and lead_scores has its triggers.');
  }
  if (sweep === null) {
    add(
      'ok',
      'No sweep has compared all hot leads with the open alerts yet: the bot runs one when it starts.',
    );
    return findings;
  }
  if (marks.oldestSeconds >= WAITS_LONG_SECONDS) {
    const leads =
      marks.count >= 10_000 ? '10,000 changed leads or more' : count(marks.count, 'changed lead');
    add(
      'problem',
      `${leads} waiting for a poll, the oldest for ${span(marks.oldestSeconds)}. Is the bot running? Its log says why polls fail. POLL_SCHEDULE may also pause them.`,
    );
  }
  const last = `The last sweep, which compares all hot leads with the open alerts, was ${span(sweep.secondsAgo)} ago and took ${duration(sweep.ms)}.`;
  if (sweep.secondsAgo > LONG_IN_SWEEPS * sweepEverySeconds(sweep.ms)) {
    add('note', `${last} Is the bot running? Its log says why sweeps fail.`);
  } else {
    add('ok', last);
  }
  if (slowest !== null && !troubles.some(({ about }) => about === `slow ${slowest.name}`)) {
    add('ok', `${slowestCall(slowest, limitMs)}.`);
  }
  return findings;
}
