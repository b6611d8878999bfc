/** Faults of a request to either the database or Slack. */
export const REQUEST_FAULTS = [
  /** The process dies before it sends the request. */
  'crash-before',
  /** The process dies after the request took effect, before the response arrives. */
  'crash-after',
  /** Connection refused. */
  'refused',
  /** Takes effect, but the connection breaks before the response. */
  'lost',
  /** No effect, and no response. */
  'timeout',
  /** Takes effect, but no response. */
  'timeout-after',
  /** No response; takes effect some time after the caller has given up. */
  'late',
  /** The process freezes between deciding to call and the call. */
  'freeze-before',
  /** The same, and no response. */
  'freeze-lost',
  /** The process freezes while the server handles the request. */
  'freeze-after',
  /** A slow server. */
  'slow',
] as const;

/** Slack's faults. */
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
  /** Index of the request in the run. */
  call: number;
  kind: FaultKind;
  /** Duration, as a share (0 to 1) of the longest allowed. */
  length: number;
  /** How long Slack's history hides the posted message, as a share of the longest allowed. */
  lag: number;
}

/** Callers give up after this time. */
export const TIMEOUT_MS = 10_000;

/**
 * Bounds of the model, all within the assumptions in docs/delivery.md. A post is in the history within this
 * time after its call, and an update takes effect within this time after its call.
 */
export const SURFACES_WITHIN_MS = 55_000;
const LONGEST_LATE_MS = 20_000;
const LONGEST_FREEZE_MS = 240_000;
const LONGEST_DOWN_MS = 90_000;
const LONGEST_SLOW_MS = 9_000;

/** Duration of the fault; for a crash, the downtime. */
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
