import { expect, test } from 'vitest';
import type { Reach } from '../../src/core/access.ts';
import type { LookupResult } from '../../src/core/lookup.ts';
import type { Tuning } from '../../src/core/tune.ts';
import { replayOf, picture as somePicture } from '../../src/doctor/samples.ts';
import { bodyOf, stage } from './stage.ts';

const NOBODY: LookupResult = { kind: 'none', isMailProvider: false };

function tuneStage(reach: Reach = 'everything', named: LookupResult = NOBODY) {
  const asked: Tuning[] = [];
  const { send, shown } = stage(null, undefined, undefined, {
    reach,
    alerts: { lookup: async () => named },
    reports: {
      replay: async (tuning) => {
        asked.push(tuning);
        return { kind: 'replayed', today: null, tuned: null, replay: replayOf('Acme') };
      },
    },
  });
  const lead = async (text: string): Promise<string> => {
    await send({ ...bodyOf({ kind: 'command', id: '/lead' }), text });
    return shown.at(-1) ?? '';
  };
  return { lead, asked };
}

test('a company that is called like the words is offered below', async () => {
  const picture = { account: { ...somePicture().account, name: 'Tune Hotter' }, current: null };
  const { lead } = tuneStage('everything', { kind: 'found', picture });
  const answer = await lead('tune hotter');
  expect(answer).toContain('I can’t read');
  expect(answer).toContain('There is also a company called “tune hotter”');
});

test('replays what is asked for', async () => {
  const { lead, asked } = tuneStage();
  expect(await lead('tune 85 usage=35 company=20')).toContain('Acme');
  expect(asked).toEqual([{ threshold: 85, weights: { usage: 35, company: 20 } }]);
});

test('without words it shows today’s numbers', async () => {
  const { lead, asked } = tuneStage();
  expect(await lead('tune')).toContain('What would other scores or weights have done?');
  expect(asked).toEqual([{ threshold: null, weights: {} }]);
});

test.each(['tune', 'tune 85', 'tune hotter'])(
  '/lead %s reads nothing for those who see only some channels',
  async (text) => {
    const { lead, asked } = tuneStage(['C0ENTERPRISE']);
    const answer = await lead(text);
    expect(answer).toContain('you see only those in your channels');
    expect(answer).not.toContain('Acme');
    expect(asked).toEqual([]);
  },
);

test('reads nothing for words that can’t be read', async () => {
  const { lead, asked } = tuneStage();
  expect(await lead('tune hotter')).toContain('I can’t read');
  expect(asked).toEqual([]);
});
