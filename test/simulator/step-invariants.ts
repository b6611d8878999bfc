import type { Nudge } from './nudges.ts';
import type { AlertRow, StepRow } from './tables.ts';

const HOUR_MS = 3_600_000;

/** Managers are told of these, each by a message of their own. */
const FOR_MANAGERS: ReadonlySet<string> = new Set(['escalation', 'kept-again']);

/** Every step is taken and told once in its period, and at most one an hour. */
export function checkSteps(
  { id }: AlertRow,
  allSteps: readonly StepRow[],
  allTold: readonly Nudge[],
): string[] {
  const alert = `alert ${id.slice(0, 4)}`;
  const steps = allSteps.filter(({ alert_id }) => alert_id === id);
  const told = allTold.filter(({ alertId }) => alertId === id);
  const found: string[] = [];
  for (const [index, step] of steps.entries()) {
    const others = steps.slice(index + 1);
    const isSame = (one: StepRow) => one.kind === step.kind && one.period === step.period;
    if (others.some(isSame)) found.push(`${step.kind} of ${alert} was taken twice in a period`);
    const [next] = others;
    if (next !== undefined && Date.parse(next.at) < Date.parse(step.at) + HOUR_MS) {
      found.push(`${step.kind} and ${next.kind} of ${alert} came within an hour`);
    }
  }
  for (const [index, { messageId, kind, period, to }] of told.entries()) {
    if (period === null) continue;
    const isTwice = told
      .slice(index + 1)
      .some(
        (one) =>
          one.messageId !== messageId &&
          one.kind === kind &&
          one.period === period &&
          (one.to === to || !FOR_MANAGERS.has(kind)),
      );
    if (isTwice) found.push(`${kind} of ${alert} was told twice in a period`);
    if (!steps.some((one) => one.kind === kind && Date.parse(one.period) === period)) {
      found.push(`${kind} of ${alert} was told, but is not recorded`);
    }
  }
  return found;
}

/** Whether Slack had warned of a return for two hours. The warning is of the period that begins at `since`. */
export const wasWarned = (
  told: readonly Nudge[],
  alertId: string,
  since: number,
  returnedAt: number,
): boolean =>
  told.some(
    (one) =>
      one.alertId === alertId &&
      one.kind === 'warning' &&
      one.period === since &&
      one.at <= returnedAt - 2 * HOUR_MS,
  );
