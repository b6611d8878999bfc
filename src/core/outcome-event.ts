/** Something that became of an alert, to be sent as a webhook. */
export interface OutcomeEvent {
  /** Stays the same in every attempt, so that the receiver can tell. */
  id: string;
  alertId: string;
  /** Such as `lead.claimed`. */
  type: string;
  /** JSON. */
  body: string;
}

/** An event leased to this bot. */
export interface TakenOutcome {
  event: OutcomeEvent;
  token: string;
  /** 1 for the first. */
  attempt: number;
}

/** What came of sending an event. `gone`: the receiver answered 410, and wants no more of them. */
export type SendResult =
  | { kind: 'delivered' }
  | {
      kind: 'failed' | 'gone';
      /** In our words, such as `HTTP 500`. */
      reason: string;
      /** What the receiver asked for; null if it didn't. */
      retryAfterMs: number | null;
    };
