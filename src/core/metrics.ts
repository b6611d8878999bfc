import { REFUSALS } from './alert.ts';
import type { Content, Outcome } from './message.ts';

/**
 * The values that a label can have: a list, or words like a pattern, at most so many different ones. Any other value
 * becomes `other`, so that no label ever has a name, an address or a text.
 */
export type LabelValues = readonly string[] | { like: RegExp; most: number };

export interface MetricDefinition {
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  labels: Readonly<Record<string, LabelValues>>;
  /** Upper bounds, in seconds. */
  buckets?: readonly number[];
  /** Of a gauge that the database knows: all bots report the same, and none while the database doesn't answer. */
  isOfDatabase?: true;
}

export const METRIC_PREFIX = 'lead_alerts_';

const JOBS = [
  'poll',
  'sweep',
  'offers',
  'steps',
  'digest',
  'mornings',
  'cleanup',
  'channels',
  'checkup',
  'webhooks',
] as const;
export type JobName = (typeof JOBS)[number];

const CONTENT_KINDS = [
  'card',
  'rollup',
  'digest',
  'notice',
  'dm',
  'dm-list',
  'home',
  'nothing',
] as const satisfies readonly Content['kind'][];

const OUTCOME_KINDS = [
  'shown',
  'found',
  'missing',
  'rechecked',
  'removed',
  'unclear',
  'later',
  'blind',
  'plain',
  'pause',
  'gone',
  'frozen',
  'dead',
] as const satisfies readonly Outcome['kind'][];

/** What AEs do to leads. */
const GESTURES = [
  'claim',
  'pass',
  'keep',
  'give-back',
  'release',
  'contact',
  'hand-over',
  'outcome',
  'snooze',
  'not-a-fit',
  'note',
  'undo',
] as const;
export type GestureName = (typeof GESTURES)[number];

/** How a gesture comes in. */
const PAYLOADS = ['command', 'press', 'submission', 'shortcut', 'mention', 'home'] as const;

const MESSAGE_KINDS = ['card', 'rollup', 'digest', 'notice', 'dm'] as const;

/** By SQLSTATE or PostgREST's code; `none` when nothing answered. */
const DATABASE_CODES = { like: /^(?:[0-9A-Z]{5}|PGRST[0-9A-Z]{2,3}|none)$/, most: 40 };
/** Slack's codes are words, and so are those of the network, such as ECONNREFUSED or TimeoutError. */
const SLACK_CODES = { like: /^(?:[a-z][a-z0-9_]{1,60}|[A-Z][A-Za-z0-9_]{1,40})$/, most: 60 };

const CALL_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 8, 10];
const JOB_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const ACK_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3];
const CARD_SECONDS = [0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800];
const LAG_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];

/** Everything that `/metrics` shows, by its name without the prefix. docs/operations.md explains each. */
export const METRICS = {
  build_info: {
    type: 'gauge',
    help: 'Always 1. The version of the bot and of Node.',
    labels: {
      version: { like: /^[\w.+-]{1,40}$/, most: 1 },
      node: { like: /^v[\d.]{1,20}$/, most: 1 },
    },
  },

  job_duration_seconds: {
    type: 'histogram',
    help: 'How long a run of a job took, failed ones included.',
    labels: { name: JOBS },
    buckets: JOB_SECONDS,
  },
  job_failures_total: {
    type: 'counter',
    help: 'Runs of a job that failed. The next one tries again.',
    labels: { name: JOBS },
  },
  job_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When a run of a job last succeeded in this bot; missing before the first time.',
    labels: { name: JOBS },
  },
  poll_due_timestamp_seconds: {
    type: 'gauge',
    help: 'By when this bot should have polled successfully again, by POLL_SCHEDULE; 0 before the first time.',
    labels: {},
  },
  poll_rows_total: {
    type: 'counter',
    help: 'What polls found: leads that turned hot, leads that do not parse, leads that the database could not process, and alerts redrawn.',
    labels: { rows: ['hot', 'malformed', 'failed', 'redrawn'] },
  },
  entries_total: {
    type: 'counter',
    help: 'What became of leads that turned hot or stopped being hot.',
    labels: { entry: ['opened', 'joined', 'left', 'returned', 'cooled'] },
  },
  sweep_rows_total: {
    type: 'counter',
    help: 'What sweeps found: differences from the open alerts, leads missing, and leads believed to have left.',
    labels: { rows: ['found', 'missing', 'believed'] },
  },

  database_up: {
    type: 'gauge',
    help: 'Whether the database answered the last time that metrics were read from it.',
    labels: {},
  },
  database_call_duration_seconds: {
    type: 'histogram',
    help: 'How long a call of a function in the database took, the network included.',
    labels: { function: { like: /^lead_bot_[a-z_]{2,40}$/, most: 80 } },
    buckets: CALL_SECONDS,
  },
  database_call_limit_seconds: {
    type: 'gauge',
    help: 'After how long a call is given up: the statement timeout of the database, 10 s at most.',
    labels: {},
    isOfDatabase: true,
  },
  database_errors_total: {
    type: 'counter',
    help: 'Calls that failed, by SQLSTATE or the code of PostgREST; none when nothing answered.',
    labels: { code: DATABASE_CODES },
  },

  slack_connected: {
    type: 'gauge',
    help: 'Whether gestures can come in: the socket is open, or the HTTP server is.',
    labels: {},
  },
  slack_connections_total: {
    type: 'counter',
    help: 'Sockets to Slack that opened, or 1 with HTTP.',
    labels: {},
  },
  slack_reconnects_total: {
    type: 'counter',
    help: 'Times that the socket to Slack was lost, or did not open, by what Slack said; other if it said nothing.',
    labels: { reason: SLACK_CODES },
  },
  slack_call_duration_seconds: {
    type: 'histogram',
    help: 'How long a call of Slack took.',
    labels: { method: { like: /^[a-z]+(?:\.[a-zA-Z]+){1,3}$|^response_url$/, most: 40 } },
    buckets: CALL_SECONDS,
  },
  slack_errors_total: {
    type: 'counter',
    help: 'Calls of Slack that failed, by its code, or that of the network.',
    labels: { code: SLACK_CODES },
  },

  deliveries_total: {
    type: 'counter',
    help: 'Attempts to make Slack show a message, by kind and outcome.',
    labels: { kind: [...CONTENT_KINDS, 'unreadable'], outcome: OUTCOME_KINDS },
  },

  gestures_total: {
    type: 'counter',
    help: 'What AEs did to leads: done, or why it was refused.',
    labels: { kind: GESTURES, outcome: ['done', ...REFUSALS] },
  },
  payloads_total: {
    type: 'counter',
    help: 'Gestures that came in, of any kind. denied: by someone who may not; failed: with an apology.',
    labels: { kind: PAYLOADS, outcome: ['handled', 'denied', 'failed'] },
  },
  payload_ack_seconds: {
    type: 'histogram',
    help: 'From when a gesture came in until it was acknowledged. Slack waits 3 s.',
    labels: { kind: PAYLOADS },
    buckets: ACK_SECONDS,
  },
  gesture_card_seconds: {
    type: 'histogram',
    help: 'From the newest gesture on a lead until Slack showed it on its card.',
    labels: {},
    buckets: CARD_SECONDS,
  },

  webhooks_total: {
    type: 'counter',
    help: 'Attempts to send a webhook. failed: it is tried again; set-aside: it no longer is.',
    labels: {
      type: { like: /^lead\.[a-z_-]{2,30}$/, most: 20 },
      result: ['delivered', 'failed', 'set-aside'],
    },
  },

  event_loop_lag_seconds: {
    type: 'histogram',
    help: 'How late a timer of this process fired, twice a second.',
    labels: {},
    buckets: LAG_SECONDS,
  },
  process_resident_memory_bytes: {
    type: 'gauge',
    help: 'Memory of this process.',
    labels: {},
  },
  process_heap_used_bytes: {
    type: 'gauge',
    help: 'JavaScript heap in use.',
    labels: {},
  },
  process_cpu_seconds_total: {
    type: 'counter',
    help: 'CPU time of this process.',
    labels: {},
  },
  process_start_time_seconds: {
    type: 'gauge',
    help: 'When this process started.',
    labels: {},
  },

  alerts: {
    type: 'gauge',
    help: 'Open alerts by state. cooling: no lead is hot now. Counts 10,000 at most.',
    labels: { state: ['open', 'claimed', 'contacted', 'snoozed', 'not-a-fit', 'cooling'] },
    isOfDatabase: true,
  },
  steps_due: {
    type: 'gauge',
    help: 'Alerts that wait for a reminder, a warning or another step. Counts 1,000 at most.',
    labels: {},
    isOfDatabase: true,
  },
  steps_late_seconds: {
    type: 'gauge',
    help: 'For how long the oldest of them has waited.',
    labels: {},
    isOfDatabase: true,
  },
  offers: {
    type: 'gauge',
    help: 'Leads on which someone has first call, and leads for which someone must be chosen now. Counts 1,000 at most.',
    labels: { state: ['running', 'due'] },
    isOfDatabase: true,
  },
  offers_late_seconds: {
    type: 'gauge',
    help: 'For how long the oldest due offer has waited.',
    labels: {},
    isOfDatabase: true,
  },
  marks: {
    type: 'gauge',
    help: 'Changed leads that no poll has looked at yet. Counts 1,000 at most.',
    labels: {},
    isOfDatabase: true,
  },
  marks_oldest_seconds: {
    type: 'gauge',
    help: 'For how long the oldest of them has waited.',
    labels: {},
    isOfDatabase: true,
  },
  sweep_timestamp_seconds: {
    type: 'gauge',
    help: 'When any bot last finished a sweep.',
    labels: {},
    isOfDatabase: true,
  },
  queue_messages: {
    type: 'gauge',
    help: 'Messages that Slack does not show as wanted yet. post: not in Slack; update: stale; search: maybe in Slack; remove: must go. Counts 1,000 at most for each channel and rank; without Home tabs.',
    labels: { kind: MESSAGE_KINDS, action: ['post', 'update', 'search', 'remove'] },
    isOfDatabase: true,
  },
  queue_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the oldest message that is not in Slack yet, or only maybe.',
    labels: { kind: MESSAGE_KINDS },
    isOfDatabase: true,
  },
  gesture_waiting_seconds: {
    type: 'gauge',
    help: 'For how long the oldest gesture waits to be shown on its card; 0 if none does.',
    labels: {},
    isOfDatabase: true,
  },
  messages_dead: {
    type: 'gauge',
    help: 'Messages given up. Counts 500 at most.',
    labels: { kind: [...MESSAGE_KINDS, 'home'] },
    isOfDatabase: true,
  },
  webhooks_waiting: {
    type: 'gauge',
    help: 'Webhooks that wait to be sent; missing while no bot sends any. Counts 1,000 at most.',
    labels: {},
    isOfDatabase: true,
  },
  webhooks_oldest_seconds: {
    type: 'gauge',
    help: 'Age of the oldest of them.',
    labels: {},
    isOfDatabase: true,
  },
  webhooks_set_aside: {
    type: 'gauge',
    help: 'Webhooks that were given up in the last 30 days. Counts 1,000 at most.',
    labels: {},
    isOfDatabase: true,
  },
  channels_paused: {
    type: 'gauge',
    help: 'Channels that Slack does not let the bot post to; everything: 1 if it refuses every message.',
    labels: { what: ['channels', 'everything'] },
    isOfDatabase: true,
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

type Metrics = typeof METRICS;
export type MetricName = keyof Metrics;
export type MetricOf<Type extends MetricDefinition['type']> = {
  [Name in MetricName]: Metrics[Name]['type'] extends Type ? Name : never;
}[MetricName];
export type LabelsOf<Name extends MetricName> = {
  [Label in keyof Metrics[Name]['labels']]: Metrics[Name]['labels'][Label] extends readonly (infer Value extends
    string)[]
    ? Value
    : string;
};
