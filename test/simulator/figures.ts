import { z } from 'zod';
import { SLACK_FAULTS } from './faults.ts';
import { GESTURES } from './scenario.ts';

const FAULT_KINDS = [
  ...SLACK_FAULTS,
  'slack refuses',
  'database away',
  'freeze',
  'clock',
  'jump',
] as const;

/** Totals of one run or many. */
export const Figures = z.object({
  seeds: z.number(),
  steps: z.number(),
  databaseCalls: z.number(),
  slackCalls: z.number(),
  crashes: z.number(),
  messages: z.number(),
  /** How often someone got first call. */
  offers: z.number(),
  /** What the bots told people by themselves, by kind. */
  told: z.record(z.string(), z.number()),
  /** Confirmed presses. */
  gestures: z.partialRecord(z.enum(GESTURES), z.number()),
  faults: z.partialRecord(z.enum(FAULT_KINDS), z.number()),
  /** Webhooks that arrived, and the different events among them. */
  webhooks: z.number(),
  webhookEvents: z.number(),
  /** Messages that were posted twice for a time, until the recheck. */
  postedTwice: z.number(),
  /** The longest such time in milliseconds, in runs in which no hours pass at once. */
  longestTwiceMs: z.number(),
  /** The longest time from the last fault until everything settled, in milliseconds. */
  longestSettlingMs: z.number(),
});
export type Figures = z.infer<typeof Figures>;

export const noFigures = (): Figures => ({
  seeds: 0,
  steps: 0,
  databaseCalls: 0,
  slackCalls: 0,
  crashes: 0,
  messages: 0,
  offers: 0,
  told: {},
  gestures: {},
  faults: {},
  webhooks: 0,
  webhookEvents: 0,
  postedTwice: 0,
  longestTwiceMs: 0,
  longestSettlingMs: 0,
});

export function countFault(figures: Figures, kind: keyof Figures['faults']): void {
  figures.faults[kind] = (figures.faults[kind] ?? 0) + 1;
}

export function addFigures(to: Figures, more: Figures): void {
  to.seeds += more.seeds;
  to.steps += more.steps;
  to.databaseCalls += more.databaseCalls;
  to.slackCalls += more.slackCalls;
  to.crashes += more.crashes;
  to.messages += more.messages;
  to.offers += more.offers;
  to.webhooks += more.webhooks;
  to.webhookEvents += more.webhookEvents;
  to.postedTwice += more.postedTwice;
  to.longestTwiceMs = Math.max(to.longestTwiceMs, more.longestTwiceMs);
  to.longestSettlingMs = Math.max(to.longestSettlingMs, more.longestSettlingMs);
  for (const [kind, count] of Object.entries(more.told)) {
    to.told[kind] = (to.told[kind] ?? 0) + count;
  }
  for (const gesture of GESTURES) {
    const count = more.gestures[gesture];
    if (count !== undefined) to.gestures[gesture] = (to.gestures[gesture] ?? 0) + count;
  }
  for (const kind of FAULT_KINDS) {
    const count = more.faults[kind];
    if (count !== undefined) to.faults[kind] = (to.faults[kind] ?? 0) + count;
  }
}

export function figuresText(figures: Figures): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const counts = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ');
  return [
    `${figures.seeds} seeds: ${figures.steps} steps, ${figures.databaseCalls} requests to the database, ${figures.slackCalls} to Slack`,
    `${figures.crashes} crashes, ${figures.messages} messages, ${figures.offers} offers, ${figures.webhookEvents} events in ${figures.webhooks} webhooks`,
    `told: ${counts(figures.told)}`,
    `gestures: ${counts(figures.gestures)}`,
    `faults: ${counts(figures.faults)}`,
    `posted twice until the recheck: ${figures.postedTwice} messages, for at most ${seconds(figures.longestTwiceMs)} where no hours pass at once`,
    `longest time from the last fault until everything settled: ${seconds(figures.longestSettlingMs)}`,
  ].join('\n');
}
