import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { Reach } from '../../src/core/access.ts';
import type { LookupResult } from '../../src/core/lookup.ts';
import { account, picture } from '../blocks/samples.ts';
import { bodyOf, stage } from './stage.ts';

const found = (key: string): LookupResult => {
  const seen = account({ key, domain: key, name: `The ${key}` });
  return { kind: 'found', picture: { account: seen, current: picture({}, { account: seen }) } };
};

/** What a user is shown of the companies in this message. */
async function shownOf(text: string, reach: Reach = 'everything') {
  const asked: string[] = [];
  const one = stage(null, undefined, undefined, {
    reach,
    alerts: {
      lookup: async ({ keys, emails }) => {
        const [domain = ''] = keys;
        asked.push(emails[0] ?? domain);
        if (domain === 'gmail.com') return { kind: 'none', isMailProvider: true };
        return domain.startsWith('un') ? { kind: 'none' } : found(keys.at(-1) ?? '');
      },
    },
  });
  const body = bodyOf({ kind: 'shortcut', id: ids.companiesIn });
  await one.send({ ...body, message: { text } });
  expect(one.shown).toHaveLength(1);
  return { ...one, asked, words: one.shown.join() };
}

test('shows each company of a message once, with a button to its answer', async () => {
  const { words, urls } = await shownOf(
    'Hi, <mailto:ada@acme.example|ada@acme.example> of <http://app.acme.example|app.acme.example> knows <http://b.example|b.example>',
  );
  expect(words).toContain('2 companies in this message');
  expect(words.match(/The acme\.example/g)).toHaveLength(1);
  expect(words).toContain('unclaimed');
  expect(words).toContain(`"action_id":"${ids.openCompany}"`);
  expect(words).toContain('"value":"acme.example"');
  expect(urls).toEqual(['https://hooks.slack.com/x']);
});

test('names unknown domains in one line, and no mail provider', async () => {
  const { words } = await shownOf('a.example unb.example, ada@unc.example and ada@gmail.com');
  expect(words).toContain('No lead: unb.example, unc.example');
  expect(words).not.toContain('gmail');
});

test.each(['Good morning', 'Ask ada@gmail.com', ''])(
  'says that %j names no company',
  async (text) => {
    expect((await shownOf(text)).words).toContain('names no company');
  },
);

test('looks up ten domains and addresses, and says how many are left', async () => {
  const text = Array.from({ length: 13 }, (_, n) => `c${n}.example`).join(' ');
  const { asked, words } = await shownOf(text);
  expect(asked).toHaveLength(10);
  expect(words).toContain('3 more domains or addresses not looked up');
});

test('does not say of a company outside of a reader’s channels whether it has a lead', async () => {
  const { words } = await shownOf('unb.example', ['C0ENTERPRISE']);
  expect(words).toContain('Without a card in your channels: unb.example');
  expect(words).not.toContain('No lead');
});

test('what the message says is not logged', async () => {
  const { log } = await shownOf('The secret of acme.example is unsaid.example');
  expect(JSON.stringify(log.lines)).not.toMatch(/secret|acme|unsaid/);
});
