/** What can go wrong with one request, whoever it is sent to. */
export const REQUEST_FAULTS = [
  /** The process dies before the request has left. */
  'crash-before',
  /** The process dies when the request has been carried out, before its answer is there. */
  'crash-after',
  /** Nobody listens. */
  'refused',
  /** Carried out, and the connection breaks before the answer. */
  'lost',
  /** Not carried out, and no answer. */
  'timeout',
  /** Carried out, and no answer. */
  'timeout-after',
  /** No answer; carried out some time after the caller has given up. */
  'late',
  /** The process stands still between its decision to call and the call. */
  'freeze-before',
  /** The same, and no answer. */
  'freeze-lost',
  /** The process stands still while the request is carried out. */
  'freeze-after',
  /** Everything takes its time. */
  'slow',
] as const;

/** What Slack can do besides. */
export const SLACK_FAULTS = [
  ...REQUEST_FAULTS,
  'http-503',
  'http-503-after',
  'internal-error',
  'internal-error-after',
  'rate-limited',
  'unknown-code',
  'bad-blocks',
] as const;

export type FaultKind = (typeof SLACK_FAULTS)[number];

export interface Fault {
  /** Which request of the run has it, counted from 0. */
  call: number;
  kind: FaultKind;
  /** How long it lasts, from 0 to 1 of the longest that the model allows. */
  length: number;
  /** How long Slack's history hides what a post has made, from 0 to 1 of the longest. */
  lag: number;
}

/** Callers give up after this time. */
export const TIMEOUT_MS = 10_000;

/**
 * The bounds of the model, all within what docs/delivery.md counts on. A post is in the history this
 * long after its call at the latest, and an update is carried out this long after its call at the latest.
 */
export const SURFACES_WITHIN_MS = 55_000;
const LONGEST_LATE_MS = 20_000;
const LONGEST_FREEZE_MS = 240_000;
const LONGEST_DOWN_MS = 90_000;
const LONGEST_SLOW_MS = 9_000;

/** How long the fault lasts; after a crash, how long the process is down. */
export function durationOf({ kind, length }: Fault): number {
  switch (kind) {
    case 'crash-before':
    case 'crash-after':
      return length * LONGEST_DOWN_MS;
    case 'late':
      return length * LONGEST_LATE_MS;
    case 'freeze-before':
    case 'freeze-lost':
    case 'freeze-after':
      return length * LONGEST_FREEZE_MS;
    default:
      return length * LONGEST_SLOW_MS;
  }
}
