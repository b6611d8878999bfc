import { PEOPLE } from '../../src/sandbox/slack/defaults.ts';
import {
  type LocalSlack,
  type LocalSlackOptions,
  startLocalSlack,
} from '../../src/sandbox/slack/local-slack.ts';

export const CARDS = 'C0HOTLEADS';
export const DIGESTS = 'C0SALES';
export const [ALICE, BEN, CHLOE] = ['U0ALICE', 'U0BEN', 'U0CHLOE'];
export const GUEST = 'U0GUEST';

/** What the manifest of 9bb4b54 asked for. */
const SCOPES = [
  'chat:write',
  'commands',
  'channels:history',
  'groups:history',
  'users:read',
  'channels:read',
  'groups:read',
];

/** A workspace whose administrators haven't approved anything since: old scopes, no events, no Home tab, no shortcuts. */
export const startOldWorkspace = (options: LocalSlackOptions = {}): Promise<LocalSlack> =>
  startLocalSlack({
    scopes: SCOPES,
    events: [],
    homeTab: false,
    shortcuts: [],
    people: [...PEOPLE, { id: GUEST, name: 'guest', realName: 'Gus Guest', guest: 'multi' }],
    ...options,
  });
