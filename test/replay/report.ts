import type { Evidence } from './replay.ts';
import type { Verdict } from './verdicts.ts';

export const report = (evidence: Evidence, verdicts: readonly Verdict[]): string =>
  JSON.stringify(
    { calls: [...evidence.calls], answers: [...evidence.answers], complaints: [...evidence.complaints], updates: evidence.updates, polls: evidence.polls, storms: evidence.storms, verdicts },
    null,
    1,
  );
