import { expect } from 'vitest';
import { findPoorContrast } from './contrast.ts';
import { outcomes, people, stateShowing, weeks } from './home-states.ts';
import { eventually, setStage, test } from './stage.ts';

const { open } = setStage();

test('a chart says its numbers to a screen reader', async () => {
  const tab = await open({ state: stateShowing(weeks) });
  const numbers = tab.getByRole('table', { name: 'Claimed and contacted' });
  expect(await numbers.getByRole('row').allInnerTexts()).toEqual([
    'Week\tClaimed\tContacted',
    'Nov 3\t9\t7',
    'Nov 10\t1,200\t8',
    'Nov 17\t12\t11',
  ]);
});

test('a pie has a legend with each number and its share', async () => {
  const tab = await open({ state: stateShowing(outcomes) });
  const pie = tab.getByRole('figure', { name: 'What came of it' });
  expect(await pie.getByRole('listitem').allInnerTexts()).toEqual(['Won\n3\n75%', 'Lost\n1\n25%']);
});

test('says so if it cannot show a chart', async () => {
  const radar = { type: 'data_visualization', title: 'Skills', chart: { type: 'radar' } };
  const tab = await open({ state: stateShowing(radar) });
  await tab.getByText("This page can't show the block “data_visualization”.").waitFor();
});

test('a data table pages its rows, names each, and aligns numbers to the right', async () => {
  const tab = await open({ state: stateShowing(people) });
  const table = tab.getByRole('table', { name: 'By account executive' });
  expect(await table.getByRole('rowheader').allInnerTexts()).toEqual(['Maya', 'Jonas']);
  const aligned = (name: string) =>
    table.getByRole('cell', { name }).evaluate((cell) => getComputedStyle(cell).textAlign);
  expect([await aligned('1,200'), await aligned('4 min')]).toEqual(['right', 'left']);

  const next = tab.getByRole('button', { name: 'Next rows of By account executive' });
  await next.click();
  await tab.getByRole('status').getByText('3–3 of 3').waitFor();
  expect(await table.getByRole('rowheader').allInnerTexts()).toEqual(['Priya']);
  expect(await next.isDisabled()).toBe(true);
});

test.for([
  { dark: false, width: 1280 },
  { dark: true, width: 390 },
])('draws charts within their place, readable (dark: $dark, $width px)', async (look) => {
  const tab = await open({ ...look, state: stateShowing(weeks, outcomes, people) });
  const charts = tab.locator('.chart svg');
  await eventually(() => charts.count()).toBe(2);
  for (const chart of await charts.all()) {
    const fits = await chart.evaluate((one) => {
      const box = one.getBoundingClientRect();
      const parts = [...one.querySelectorAll('text, rect, path')].map((part) =>
        part.getBoundingClientRect(),
      );
      return (
        box.right <= innerWidth &&
        parts.every(({ left, right }) => left >= box.left - 1 && right <= box.right + 1)
      );
    });
    expect(fits).toBe(true);
  }
  expect(await findPoorContrast(tab)).toEqual([]);
});
