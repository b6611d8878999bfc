import type { Database } from './adapters/supabase-client.ts';
import { readNumbers } from './adapters/supabase-metrics.ts';
import type { Meter } from './core/ports.ts';
import type { Env } from './env.ts';
import type { Route } from './ops/health.ts';
import { createMetrics } from './ops/metrics.ts';
import { metricsRoute } from './ops/metrics-route.ts';

/** Loaded only if metrics are on: prom-client and what goes with it take memory. */
export function wireMetrics(
  { token }: NonNullable<Env['metrics']>,
  /** Called at the first scrape. */
  database: () => Database,
): { meter: Meter; route: Route } {
  const metrics = createMetrics({ readDatabase: () => readNumbers(database()) });
  return { meter: metrics.meter, route: metricsRoute(metrics, token) };
}
