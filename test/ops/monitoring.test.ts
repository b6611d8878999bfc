import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ALERTS, alerts, expressions, panels } from '../support/monitoring.ts';
import { namesIn } from '../support/promql.ts';
import { promtool, promtoolIsHere } from '../support/promtool.ts';
import { readSource } from '../support/source-files.ts';

test.runIf(promtoolIsHere)('promtool takes the rules', () => {
  expect(promtool(['check', 'rules', ALERTS])).toBe('');
});

test.runIf(promtoolIsHere)('the alerts fire when docs/operations.md says so', () => {
  expect(promtool(['test', 'rules', 'docs/operations/alerts.test.yml'])).toBe('');
});

test.runIf(promtoolIsHere)('every expression of the dashboard is PromQL', () => {
  const rules = expressions.map(({ expr }, n) => ({ record: `panel:${n}`, expr }));
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'dashboard.yml');
  writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
  expect(promtool(['check', 'rules', file])).toBe('');
});

test('every panel of the dashboard has a title, a unit and a place of its own', () => {
  const shown = panels.filter(({ type }) => type !== 'row');
  expect(shown.length).toBeGreaterThan(20);
  for (const { title, fieldConfig, targets, gridPos } of shown) {
    expect(title).not.toBe('');
    expect(fieldConfig?.defaults.unit, title).toMatch(/\w/);
    expect(targets.length, title).toBeGreaterThan(0);
    expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
  }
  const overlapping = panels.filter((one) =>
    panels.some(
      (other) =>
        other !== one &&
        one.gridPos.x < other.gridPos.x + other.gridPos.w &&
        other.gridPos.x < one.gridPos.x + one.gridPos.w &&
        one.gridPos.y < other.gridPos.y + other.gridPos.h &&
        other.gridPos.y < one.gridPos.y + one.gridPos.h,
    ),
  );
  expect(overlapping.map(({ title }) => title)).toEqual([]);
});

test('docs/operations.md says of each of the ten alerts what it means and what to do', () => {
  const page = readSource('docs/operations.md');
  expect(alerts).toHaveLength(10);
  for (const { alert } of alerts) {
    expect(page).toMatch(new RegExp(`^\\| \`${alert}\` \\| \\S.* \\| \\S.* \\|$`, 'm'));
  }
});

test('finds the names in an expression', () => {
  expect(
    namesIn(
      `histogram_quantile(0.9, sum by (le, kind) (rate(a_bucket{kind="x",code!~"y|z"}[5m]))) > on () group_left (f) b and time() - c offset 1h > 1`,
    ),
  ).toEqual({
    selectors: [
      {
        metric: 'a_bucket',
        matchers: [
          { label: 'kind', value: 'x' },
          { label: 'code', value: null },
        ],
      },
      { metric: 'b', matchers: [] },
      { metric: 'c', matchers: [] },
    ],
    grouping: ['le', 'kind', 'f'],
  });
});
