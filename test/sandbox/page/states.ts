import type { KnownBlock, ModalView } from '@slack/types';
import type { PageMessage, PageState, Person } from '../../../src/sandbox/slack/protocol.ts';

export const MAYA: Person = {
  id: 'U0MAYA',
  name: 'maya',
  realName: 'Maya Okafor',
  title: 'Account executive, Fintech',
};
export const JONAS: Person = {
  id: 'U0JONAS',
  name: 'jonas',
  realName: 'Jonas Weber',
  title: 'Account executive, Health',
};
export const PRIYA: Person = {
  id: 'U0PRIYA',
  name: 'priya',
  realName: 'Priya Nair',
  title: 'Account executive, Enterprise',
};
export const DANA: Person = {
  id: 'U0DANA',
  name: 'dana',
  realName: 'Dana Cole',
  title: 'Consultant at Partner Inc.',
  external: true,
};

// An hour ago, so that the newest message is from today.
const START = Math.floor(Date.now() / 1000) - 3600;
export const tsAt = (minute: number) => `${START + minute * 60}.000100`;

export const card: readonly KnownBlock[] = [
  {
    type: 'header',
    block_id: 'head',
    text: { type: 'plain_text', text: ':fire: VelocityPay is hot · 88' },
  },
  {
    type: 'section',
    block_id: 'action',
    text: {
      type: 'mrkdwn',
      text: '*Suggested action*\nCall *Sarah Chen* today: the team doubled its API calls and has just asked about SOC 2.',
    },
  },
  {
    type: 'section',
    block_id: 'facts',
    fields: [
      { type: 'mrkdwn', text: '*Champion*\nSarah Chen, Senior Backend Engineer' },
      { type: 'mrkdwn', text: '*Company*\nFintech · 340 people · Series B · $45M' },
      { type: 'mrkdwn', text: '*Usage*\n1.2M API calls in 30 days (+180%)' },
      { type: 'mrkdwn', text: '*Plan*\nPro · 12 seats · 4 projects' },
    ],
  },
  {
    type: 'section',
    block_id: 'why',
    text: {
      type: 'mrkdwn',
      text: '*Why now*\n• Usage 95 · Company 85 · Expansion 90 · Champion 80 · Timing 85\n• Hiring: _Senior Postgres Engineer_ (3 days ago)\n• &lt;!here&gt; in lead text stays text',
    },
  },
  {
    type: 'context',
    block_id: 'meta',
    elements: [
      {
        type: 'mrkdwn',
        text: `<https://velocitypay.io|velocitypay.io> · hot since <!date^${START}^{date_short_pretty} at {time}|today>`,
      },
    ],
  },
  {
    type: 'actions',
    block_id: 'buttons',
    elements: [
      {
        type: 'button',
        action_id: 'alert.claim',
        style: 'primary',
        text: { type: 'plain_text', text: 'Claim lead' },
        value: 'a1',
      },
      {
        type: 'button',
        action_id: 'alert.details',
        text: { type: 'plain_text', text: 'Details' },
        value: 'a1',
      },
      {
        type: 'overflow',
        action_id: 'alert.more',
        options: [
          { text: { type: 'plain_text', text: 'Mark contacted' }, value: 'alert.contact:a1' },
          { text: { type: 'plain_text', text: 'Release' }, value: 'alert.release:a1' },
        ],
      },
    ],
  },
];

export function message(ts: string, more: Partial<PageMessage>): PageMessage {
  return {
    ts,
    user: 'U0BOT',
    text: 'Hello',
    blocks: [],
    edited: false,
    ephemeral: false,
    threadTs: null,
    replies: [],
    ...more,
  };
}

export const contactModal: ModalView = {
  type: 'modal',
  callback_id: 'contact.modal',
  title: { type: 'plain_text', text: 'Mark contacted' },
  submit: { type: 'plain_text', text: 'Save' },
  close: { type: 'plain_text', text: 'Cancel' },
  blocks: [
    {
      type: 'section',
      block_id: 'intro',
      text: { type: 'mrkdwn', text: 'You are about to close *VelocityPay* as contacted.' },
    },
    {
      type: 'input',
      block_id: 'contact.method',
      label: { type: 'plain_text', text: 'How did you reach out?' },
      element: {
        type: 'radio_buttons',
        action_id: 'contact.method',
        options: [
          { text: { type: 'plain_text', text: 'E-mail' }, value: 'email' },
          { text: { type: 'plain_text', text: 'Call' }, value: 'call' },
        ],
      },
    },
    {
      type: 'input',
      block_id: 'stage',
      label: { type: 'plain_text', text: 'Next step' },
      element: {
        type: 'static_select',
        action_id: 'stage',
        placeholder: { type: 'plain_text', text: 'Pick one' },
        options: [
          { text: { type: 'plain_text', text: 'Demo' }, value: 'demo' },
          { text: { type: 'plain_text', text: 'Trial' }, value: 'trial' },
        ],
      },
    },
    {
      type: 'input',
      block_id: 'who',
      optional: true,
      label: { type: 'plain_text', text: 'Also there' },
      element: {
        type: 'checkboxes',
        action_id: 'who',
        options: [
          { text: { type: 'mrkdwn', text: '*Solutions* engineer' }, value: 'se' },
          { text: { type: 'mrkdwn', text: 'Manager' }, value: 'mgr' },
        ],
      },
    },
    {
      type: 'input',
      block_id: 'to',
      optional: true,
      label: { type: 'plain_text', text: 'Hand over to' },
      element: {
        type: 'users_select',
        action_id: 'to',
        placeholder: { type: 'plain_text', text: 'Choose a colleague' },
      },
    },
    {
      type: 'input',
      block_id: 'when',
      optional: true,
      label: { type: 'plain_text', text: 'Try again on' },
      element: { type: 'datepicker', action_id: 'when', initial_date: '2026-12-01' },
    },
    {
      type: 'input',
      block_id: 'contact.note',
      optional: true,
      label: { type: 'plain_text', text: 'Note' },
      hint: { type: 'plain_text', text: 'Everyone in the channel sees it.' },
      element: {
        type: 'plain_text_input',
        action_id: 'contact.note',
        multiline: true,
        max_length: 300,
        initial_value: 'Left a voice mail',
        placeholder: { type: 'plain_text', text: 'What should a colleague know?' },
      },
    },
  ],
};

export function stateFor(as: string): PageState {
  const people = [MAYA, JONAS, PRIYA, DANA];
  return {
    me: people.find(({ id }) => id === as) ?? MAYA,
    bot: { id: 'U0BOT', name: 'Lead Alerts', connected: true },
    people,
    channels: [
      {
        id: 'C0HOT',
        name: 'hot-leads',
        kind: 'public',
        topic: 'Leads that have just turned hot. Claim one and it is yours.',
        botIn: true,
      },
      { id: 'C0DIG', name: 'lead-digest', kind: 'private', topic: 'Every morning', botIn: true },
      { id: 'C0GEN', name: 'general', kind: 'public', topic: '', botIn: false },
      { id: 'D0BOT', name: 'Lead Alerts', kind: 'dm', topic: '', botIn: true },
    ],
    messages: {
      C0HOT: [
        message(tsAt(0), {
          text: 'HomeFront is *hot*, claimed by <@U0JONAS>',
          edited: true,
          blocks: [
            {
              type: 'section',
              block_id: 'folded',
              text: {
                type: 'mrkdwn',
                text: '*HomeFront* · 84 · claimed by <@U0JONAS>\n850 employees, Firebase scaling issues',
              },
              accessory: {
                type: 'button',
                action_id: 'alert.contact',
                text: { type: 'plain_text', text: 'Mark contacted' },
                value: 'a2',
              },
            },
          ],
          replies: [
            message(tsAt(2), {
              threadTs: tsAt(0),
              text: 'A second developer turned hot: *Ann Lee*',
            }),
            message(tsAt(3), { threadTs: tsAt(0), user: JONAS.id, text: 'On it :raised_hands:' }),
          ],
        }),
        message(tsAt(10), { user: DANA.id, text: 'Is anybody on *VelocityPay*?' }),
        message(tsAt(20), { text: 'VelocityPay is hot, score 88', blocks: card }),
        message(tsAt(30), {
          text: 'That lead was claimed by Jonas 4 s ago.',
          ephemeral: true,
          blocks: [
            {
              type: 'section',
              block_id: 'no',
              text: { type: 'mrkdwn', text: 'Claimed by <@U0JONAS> 4 s ago.' },
            },
          ],
        }),
      ],
      C0DIG: [message(tsAt(1), { text: 'Good morning: *2* unclaimed' })],
      C0GEN: [],
      D0BOT: [message(tsAt(4), { text: 'Your claim on HomeFront is a day old.' })],
    },
    userGroups: [{ id: 'S0SALES', handle: 'sales-team' }],
    home: { blocks: null },
    shortcuts: [
      {
        callbackId: 'company.look-up',
        kind: 'global',
        name: 'Look up a company',
        description: 'What the bot knows about a company, privately',
      },
      {
        callbackId: 'message.companies',
        kind: 'message',
        name: 'Companies in message',
        description: 'What the bot knows about the companies in a message, privately',
      },
    ],
    views: [],
    panel: [
      {
        id: 'cloudmetrics-hot',
        label: 'CloudMetrics turns hot',
        hint: 'A fresh score of 86: a new card arrives.',
      },
      {
        id: 'velocitypay-cools',
        label: 'VelocityPay cools',
        hint: 'Its usage halves: out of hot, believed after the re-arm time.',
      },
      {
        id: 'homefront-second',
        label: 'A second HomeFront developer',
        hint: 'Joins the open card, with a note in its thread.',
      },
    ],
    guide: [
      { id: 'claim', what: 'Claim a lead', how: 'As Maya, press Claim lead.', done: true },
      {
        id: 'hand-over',
        what: 'Hand it over',
        how: 'In the ⋯ menu of that card, choose Hand over and pick Jonas.',
        done: false,
      },
      { id: 'why', what: 'Ask why', how: 'Type /lead why cloudmetrics.', done: false },
    ],
    tips: [
      { what: 'Claim or pass', how: 'Alice has first call on VelocityPay for two minutes.' },
      { what: 'Undo', how: 'Ten minutes, on each confirmation.' },
    ],
    commands: [
      {
        command: '/lead',
        usageHint: 'velocitypay.io | hot | mine | why | stats | digest | away | settings | help',
        description: 'Look up a lead',
      },
    ],
  };
}
