import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import packageJson from '../../package.json' with { type: 'json' };
import {
  type LabelValues,
  METRIC_PREFIX,
  METRICS,
  type MetricDefinition,
} from '../core/metrics.ts';
import type { Meter } from '../core/ports.ts';

/** Several scrapers together ask the database no more often. */
const CACHED_MS = 10_000;
/** Prometheus gives up after 10 s, and what this process knows itself is worth having. */
const ANSWER_WITHIN_MS = 3_000;
const LAG_EVERY_MS = 500;
/** Counters with few combinations of labels begin at 0, so that their first increase shows. */
const MOST_ZEROS = 100;

/** Reports numbers that were read. */
export type Report = (meter: Meter) => void;

export interface Metrics {
  meter: Meter;
  contentType: string;
  /** All metrics in the text format. Never rejects. */
  render(): Promise<string>;
}

export interface MetricsSettings {
  /** Reads what only the database knows. */
  readDatabase: () => Promise<Report>;
  /** For how long the database isn't asked again. */
  cachedMs?: number;
  answerWithinMs?: number;
}

type Labels = Readonly<Record<string, string>>;

const definitions: Readonly<Record<string, MetricDefinition>> = METRICS;

/** Counts what this process does, and shows it with what the database knows. */
export function createMetrics(settings: MetricsSettings): Metrics {
  const registry = new Registry();
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  const gauges = new Map<string, Gauge>();
  const clampOf = new Map<string, (labels: Labels) => Labels>();
  for (const [key, definition] of Object.entries(definitions)) {
    const { type, help, labels, buckets = [], isOfDatabase } = definition;
    const common = {
      name: `${METRIC_PREFIX}${key}`,
      help,
      labelNames: Object.keys(labels),
      registers: [registry],
    };
    clampOf.set(key, createClamp(labels));
    if (type === 'histogram')
      histograms.set(key, new Histogram({ ...common, buckets: [...buckets] }));
    if (type === 'gauge') {
      const gauge = new Gauge(common);
      gauges.set(key, gauge);
      if (isOfDatabase) empty(gauge, labels);
    }
    if (type === 'counter') {
      const counter = new Counter(common);
      counters.set(key, counter);
      for (const zero of zerosOf(labels)) counter.inc(zero, 0);
    }
  }
  const within = (key: string, labels: Labels): Labels => clampOf.get(key)?.(labels) ?? {};

  const meter: Meter = {
    add: (name, labels, by = 1) => counters.get(name)?.inc(within(name, labels), by),
    observe: (name, labels, seconds) =>
      histograms.get(name)?.observe(within(name, labels), seconds),
    set: (name, labels, value) => gauges.get(name)?.set(within(name, labels), value),
  };

  const showDatabase = (report: Report | null): void => {
    for (const [key, { labels, isOfDatabase }] of Object.entries(definitions)) {
      const gauge = gauges.get(key);
      if (!isOfDatabase || gauge === undefined) continue;
      empty(gauge, labels);
      const isLabeled = Object.keys(labels).length > 0;
      if (report !== null && isLabeled) for (const zero of zerosOf(labels)) gauge.set(zero, 0);
    }
    report?.(meter);
    meter.set('database_up', {}, report === null ? 0 : 1);
  };
  const readDatabase = createDatabaseReader(settings);
  const readProcess = createProcessReader(meter);
  meter.set('build_info', { version: packageJson.version, node: process.version }, 1);
  measureLag(meter);

  return {
    meter,
    contentType: registry.contentType,
    async render() {
      showDatabase(await readDatabase());
      readProcess();
      return registry.metrics();
    },
  };
}

/** A gauge without a value isn't shown. */
function empty(gauge: Gauge, labels: MetricDefinition['labels']): void {
  gauge.reset();
  // Without labels, a reset is a zero.
  if (Object.keys(labels).length === 0) gauge.remove();
}

/** All combinations of listed labels, if they are few. */
function zerosOf(labels: MetricDefinition['labels']): Labels[] {
  let zeros: Record<string, string>[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    if (!isList(values)) return [];
    zeros = zeros.flatMap((zero) => values.map((value) => ({ ...zero, [label]: value })));
  }
  return zeros.length <= MOST_ZEROS ? zeros : [];
}

const isList = (values: LabelValues): values is readonly string[] => Array.isArray(values);

/** Replaces values that a label may not have. */
function createClamp(labels: MetricDefinition['labels']): (given: Labels) => Labels {
  const seen = new Map<string, Set<string>>();
  const isAllowed = (label: string, value: string, values: LabelValues): boolean => {
    if (isList(values)) return values.includes(value);
    const known = seen.get(label) ?? new Set();
    seen.set(label, known);
    if (known.has(value)) return true;
    if (known.size >= values.most || !values.like.test(value)) return false;
    known.add(value);
    return true;
  };
  return (given) =>
    Object.fromEntries(
      Object.entries(labels).map(([label, values]) => {
        const value = given[label] ?? '';
        return [label, isAllowed(label, value, values) ? value : OTHER];
      }),
    );
}

const OTHER = 'other';

/** Null if the database doesn't answer in time. A late answer is there for the next scrape. */
function createDatabaseReader({
  readDatabase,
  cachedMs = CACHED_MS,
  answerWithinMs = ANSWER_WITHIN_MS,
}: MetricsSettings): () => Promise<Report | null> {
  let asked: { at: number; report: Promise<Report | null> } | null = null;
  return () => {
    const now = performance.now();
    if (asked === null || now - asked.at >= cachedMs) {
      asked = { at: now, report: readDatabase().catch(() => null) };
    }
    return Promise.race([asked.report, sleep(answerWithinMs, null, { ref: false })]);
  };
}

function createProcessReader(meter: Meter): () => void {
  let seconds = 0;
  return () => {
    const { user, system } = process.cpuUsage();
    const total = (user + system) / 1e6;
    meter.add('process_cpu_seconds_total', {}, total - seconds);
    seconds = total;
    const { rss, heapUsed } = process.memoryUsage();
    meter.set('process_resident_memory_bytes', {}, rss);
    meter.set('process_heap_used_bytes', {}, heapUsed);
    meter.set('process_start_time_seconds', {}, Math.round(performance.timeOrigin / 1_000));
  };
}

function measureLag(meter: Meter): void {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    meter.observe('event_loop_lag_seconds', {}, Math.max(0, now - last - LAG_EVERY_MS) / 1_000);
    last = now;
  }, LAG_EVERY_MS).unref();
}
