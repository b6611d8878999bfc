import { expect, test } from 'vitest';
import { ids } from '../../blocks/ids.ts';
import type { Reach } from '../../src/core/access.ts';
import { picture } from '../blocks/samples.ts';
import { bodyOf, stage, USER } from './stage.ts';

function listStage(total: number, reach: Reach = 'everything') {
  const asked: unknown[][] = [];
  const alerts = Array.from({ length: Math.min(total, 15) }, () => picture());
  const { send, shown } = stage(null, undefined, undefined, {
    reach,
    alerts: {
      hot: async (_limit, offset, within, filter) => {
        asked.push(['hot', offset, within, filter?.text]);
        return { alerts, total };
      },
      mine: async (user, _limit, offset, within, filter) => {
        asked.push(['mine', user, offset, within, filter?.text]);
        return { alerts, total };
      },
      lookup: async () => ({ kind: 'none' }),
    },
  });
  const lead = async (text: string): Promise<string> => {
    await send({ ...bodyOf({ kind: 'command', id: '/lead' }), text });
    return shown.at(-1) ?? '';
  };
  const turn = async (value: string): Promise<string> => {
    const body = bodyOf({ kind: 'action', id: ids.nextPage });
    await send({
      ...body,
      actions: [{ type: 'button', block_id: 'b', action_id: ids.nextPage, value }],
    });
    return shown.at(-1) ?? '';
  };
  return { lead, turn, asked };
}

test('a filtered list asks only for what fits, and so does its next page', async () => {
  const { lead, turn, asked } = listStage(40);
  expect(await lead('hot Fintech &gt;500')).toContain('"value":"hot:15?fintech >500"');
  await turn('hot:15?fintech >500');
  await lead('mine late');
  expect(asked).toEqual([
    ['hot', 0, undefined, 'fintech >500'],
    ['hot', 15, undefined, 'fintech >500'],
    ['mine', USER, 0, undefined, 'late'],
  ]);
});

test('a filter never widens what a member of single channels sees', async () => {
  const { lead, turn, asked } = listStage(0, ['C0BANKS']);
  const answer = await lead('hot fintech');
  expect(answer).toContain('No hot lead fits “fintech”');
  expect(answer).toContain('Only companies with cards in <#C0BANKS>');
  await turn('mine:0?late');
  expect(asked).toEqual([
    ['hot', 0, ['C0BANKS'], 'fintech'],
    ['mine', USER, 0, ['C0BANKS'], 'late'],
  ]);
});

test('what can’t be read asks for nothing', async () => {
  const { lead, turn, asked } = listStage(3);
  expect(await lead('hot &gt;abc')).toContain('Try one of these');
  expect(await turn('hot:0?>abc')).toContain('This list no longer exists');
  expect(asked).toEqual([]);
});
