import { expect, test } from 'vitest';
import { describeMessages } from '../../../src/sandbox/demo/plain-text.ts';
import { describeData } from '../../../src/sandbox/slack/data-text.ts';
import { clientOf, HOT, section, slackForTest } from './harness.ts';

const point = (label: string, value: number) => ({ label, value });
const line = {
  type: 'data_visualization',
  title: 'Claimed in time',
  chart: {
    type: 'line',
    series: [
      { name: 'Alice', data: [point('Mon', 3), point('Tue', 4)] },
      { name: 'Ben', data: [point('Mon', 0.5), point('Tue', 0)] },
    ],
    axis_config: { categories: ['Mon', 'Tue'] },
  },
};
const text = (value: string) => ({ type: 'raw_text', text: value });
const table = {
  type: 'data_table',
  caption: 'Per AE',
  rows: [
    [text('AE'), text('Claimed')],
    [
      {
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [text('Ali'), text('ce')] }],
      },
      { type: 'raw_number', value: 12, text: '12' },
    ],
  ],
};

test('a chart reads as its numbers', () => {
  expect(describeData(line)).toEqual([
    'Claimed in time (line chart)',
    '  Alice: Mon 3, Tue 4',
    '  Ben: Mon 0.5, Tue 0',
  ]);
  const pie = { type: 'pie', segments: [point('Hot', 2), point('Warm', 1)] };
  expect(describeData({ ...line, chart: pie })).toEqual([
    'Claimed in time (pie chart)',
    '  Hot 2, Warm 1',
  ]);
});

test('a data table reads as aligned columns', () => {
  expect(describeData(table)).toEqual(['Per AE', '  AE    | Claimed', '  Alice | 12']);
});

test('other blocks are left to others', () => {
  expect(describeData(section('x'))).toBeNull();
  expect(describeData('x')).toBeNull();
});

test('the dump and the demo print charts and tables', async () => {
  const slack = await slackForTest();
  await clientOf(slack).apiCall('chat.postMessage', { channel: HOT, blocks: [section('x'), line] });
  expect(slack.dump()).toContain('Alice: Mon 3, Tue 4');
  expect(describeMessages(slack.messages(HOT)).join()).toContain('Ben: Mon 0.5, Tue 0');
});
