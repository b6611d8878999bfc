import { parse } from 'yaml';
import { z } from 'zod';
import { readSource } from './source-files.ts';

const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          annotations: z.object({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});
const dashboard = z.object({
  panels: z.array(
    z.object({
      title: z.string(),
      type: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      fieldConfig: z.object({ defaults: z.object({ unit: z.string() }) }).optional(),
      targets: z.array(z.object({ expr: z.string() })).default([]),
    }),
  ),
});

export const ALERTS = 'docs/operations/alerts.yml';
export const alerts = rules
  .parse(parse(readSource(ALERTS)))
  .groups.flatMap(({ rules: some }) => some);
export const { panels } = dashboard.parse(JSON.parse(readSource('docs/operations/dashboard.json')));

/** Every expression of the rules and the dashboard. Grafana fills in the interval. */
export const expressions = [
  ...alerts.map(({ alert, expr }) => ({ where: alert, expr })),
  ...panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({
      where: title,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    })),
  ),
];
