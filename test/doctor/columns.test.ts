import { expect, test } from 'vitest';
import type { ChannelLook } from '../../src/core/access.ts';
import type { AppendedColumns } from '../../src/core/checkup.ts';
import { type ChannelLookup, explainColumns } from '../../src/doctor/columns.ts';

const NOTHING: AppendedColumns = { found: [], wrong: null, channels: [], unfit: [] };

async function findings(
  columns: Partial<AppendedColumns>,
  look: ChannelLookup = async () => ({ audience: 'internal', obstacle: null }),
  allowExternal = false,
): Promise<string[]> {
  const all: string[] = [];
  for await (const { kind, text } of explainColumns(
    { ...NOTHING, ...columns },
    look,
    allowExternal,
  )) {
    all.push(`${kind}: ${text}`);
  }
  return all;
}

const looks = (answer: Partial<ChannelLook>): ChannelLookup => {
  return async () => ({ audience: 'internal', obstacle: null, ...answer });
};

test('lists the optional columns it finds, or says that there are none', async () => {
  expect(await findings({})).toEqual([
    'ok: lead_dashboard has none of the optional columns: alert_channel, owner_email, crm_url, card_fields.',
  ]);
  expect(await findings({ found: ['alert_channel', 'crm_url'] })).toEqual([
    'ok: Optional columns found in lead_dashboard: alert_channel, crm_url.',
  ]);
});

test('counts unusable values by column', async () => {
  const wrong = { leads: 7, unreadable: 1, ownerEmail: 2, crmUrl: 1, cardFields: 3 };
  expect((await findings({ wrong })).slice(1)).toEqual([
    'note: 2 of 7 leads with open alerts have an owner_email that is not an e-mail address: shown as is.',
    'note: 1 of 7 leads with open alerts has a crm_url that is not an http(s) URL: left out.',
    'note: 3 of 7 leads with open alerts have card_fields that are not a JSON object of labels and texts: left out.',
    'note: 1 of 7 leads with open alerts has an optional column that fails to evaluate (an error in the view).',
  ]);
  const fine = { leads: 7, unreadable: 0, ownerEmail: 0, crmUrl: 0, cardFields: 0 };
  expect(await findings({ wrong: fine })).toHaveLength(1);
});

test("names a value that isn't a channel, without its control characters", async () => {
  const [, finding] = await findings({ unfit: ['#sales\u001b[2J'] });
  expect(finding).toMatch(/^problem: alert_channel contains “#sales�\[2J”.*go to ALERT_CHANNEL/);
});

const channels = [{ channel: 'C0ENTERPRISE', refused: null }];
const refused = [{ channel: 'C0ENTERPRISE', refused: 'is_archived' }];

test.each<[string, AppendedColumns['channels'], ChannelLookup, boolean, string | null]>([
  ['the bot is a member of', channels, looks({}), false, null],
  [
    'the bot is not a member of',
    channels,
    looks({ obstacle: 'not_in_channel' }),
    false,
    "problem: alert_channel names C0ENTERPRISE, where the bot can't post (not_in_channel). The cards go to ALERT_CHANNEL. Invite the bot there: /invite.",
  ],
  ['is shared', channels, looks({ audience: 'external' }), false, 'is_ext_shared'],
  ['is shared and allowed to be', channels, looks({ audience: 'external' }), true, null],
  ['was refused and is fine now', refused, looks({}), false, 'note: '],
  ['was refused, without access to Slack', refused, null, false, 'problem: '],
  [
    'was refused, with Slack not answering',
    refused,
    () => Promise.reject(new Error('away')),
    false,
    'is_archived',
  ],
])('a channel in alert_channel that %s', async (_, named, look, allowExternal, expected) => {
  const [, ...about] = await findings({ channels: named }, look, allowExternal);
  expect(about).toEqual(expected === null ? [] : [expect.stringContaining(expected)]);
});
