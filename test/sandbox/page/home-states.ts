import type { AnyBlock, Button } from '@slack/types';
import type { PageState } from '../../../src/sandbox/slack/protocol.ts';
import { message, stateFor, tsAt } from './states.ts';

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const button = (actionId: string, text: string, value: string, primary = false): Button => ({
  type: 'button',
  action_id: actionId,
  text: plain(text),
  value,
  ...(primary && { style: 'primary' }),
});

/** What an app publishes: a row of theirs, one that they can claim. */
export const homeBlocks: readonly AnyBlock[] = [
  { type: 'header', block_id: 'mine', text: plain('Yours') },
  {
    type: 'section',
    block_id: 'mine-1',
    text: {
      type: 'mrkdwn',
      text: `*VelocityPay* · 88 · claimed <!date^${tsAt(0).slice(0, 10)}^{date_short_pretty} at {time}|today>\nReach out by <!date^${tsAt(60).slice(0, 10)}^{date_short_pretty} at {time}|today>`,
    },
  },
  {
    type: 'actions',
    block_id: 'mine-1-do',
    elements: [
      button('alert.contact', 'Contacted', 'a1', true),
      button('alert.details', 'Details', 'a1'),
      {
        type: 'overflow',
        action_id: 'alert.more',
        options: [{ text: plain('Release'), value: 'alert.release:a1' }],
      },
    ],
  },
  { type: 'divider' },
  { type: 'header', block_id: 'free', text: plain('Unclaimed') },
  {
    type: 'section',
    block_id: 'free-1',
    text: { type: 'mrkdwn', text: '*HomeFront Technologies* · 86\nFirebase scaling issues' },
    accessory: button('alert.claim', 'Claim', 'a2'),
  },
  {
    type: 'context',
    block_id: 'settings',
    elements: [{ type: 'mrkdwn', text: 'Direct messages: on · Morning list: on' }],
  },
];

const axis = (categories: readonly string[], values: readonly (readonly [string, number[]])[]) => ({
  series: values.map(([name, numbers]) => ({
    name,
    data: categories.map((label, index) => ({ label, value: numbers[index] ?? 0 })),
  })),
  axis_config: { categories, x_label: 'Week', y_label: 'Leads' },
});

export const weeks = {
  type: 'data_visualization',
  title: 'Claimed and contacted',
  chart: {
    type: 'bar',
    ...axis(
      ['Nov 3', 'Nov 10', 'Nov 17'],
      [
        ['Claimed', [9, 1200, 12]],
        ['Contacted', [7, 8, 11]],
      ],
    ),
  },
};

export const outcomes = {
  type: 'data_visualization',
  title: 'What came of it',
  chart: {
    type: 'pie',
    segments: [
      { label: 'Won', value: 3 },
      { label: 'Lost', value: 1 },
    ],
  },
};

const text = (value: string) => ({ type: 'raw_text', text: value });
const number = (value: number) => ({ type: 'raw_number', value });

export const people = {
  type: 'data_table',
  caption: 'By account executive',
  page_size: 2,
  rows: [
    [text('Name'), text('Claimed'), text('To claim')],
    [text('Maya'), number(1200), text('4 min')],
    [text('Jonas'), number(9), text('1 h')],
    [text('Priya'), number(3), text('2 d')],
  ],
};

/** A channel whose only message has these blocks. */
export const stateShowing =
  (...blocks: readonly AnyBlock[]) =>
  (as: string): PageState => ({
    ...stateFor(as),
    messages: { C0HOT: [message(tsAt(0), { blocks })] },
  });
