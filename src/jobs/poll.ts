import { type PollPolicy, planPoll } from '../core/poll.ts';
import type { Polls } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';

export interface PollDeps {
  polls: Polls;
  policy: PollPolicy;
  log: Log;
  /** Called when messages may be due. */
  wake: () => void;
}

/**
 * Makes the function that looks once for leads that entered or left hot. It throws when the database
 * does not answer: no answer is not "everyone has left", and the next poll sees the same.
 */
export function createPoll({ polls, policy, log, wake }: PollDeps): () => Promise<void> {
  // A row stays wrong until somebody mends it; it is reported once for each way in which it is wrong.
  const reported = new Map<string, string>();

  return async () => {
    const changes = await polls.changes(policy);
    const stillWrong = new Set<string>();
    for (const { developerId, setAside, problems } of changes.malformed) {
      stillWrong.add(developerId);
      const fields = problems.map((p) => p.field);
      const key = fields.join();
      if (reported.get(developerId) === key) continue;
      reported.set(developerId, key);
      const reason = problems.map((p) => `${p.field}: ${p.problem}`).join(', ');
      log.warn(
        setAside
          ? 'lead set aside: its row does not parse'
          : 'lead shown without the fields that do not parse',
        { developerId, fields, reason },
      );
    }
    for (const id of reported.keys()) if (!stillWrong.has(id)) reported.delete(id);

    const plan = planPoll(changes, policy);
    if (plan === null) return;
    const summary = await polls.record(plan, policy);
    log.info('poll', { ...summary });
    wake();
  };
}
