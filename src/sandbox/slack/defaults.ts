import type { Channel, Member, Team } from './workspace.ts';

export const TEAM: Team = { id: 'T0LOCAL', domain: 'local', name: 'Local' };
export const BOT = { userId: 'U0BOT', botId: 'B0BOT', appId: 'A0LOCAL', name: 'lead-alerts' };

/** Same as in manifest.yml; a test compares them. */
export const SCOPES = [
  'chat:write',
  'commands',
  'channels:history',
  'groups:history',
  'im:write',
  'im:history',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'channels:read',
  'groups:read',
  'app_mentions:read',
] as const;

export const COMMANDS = [
  {
    command: '/lead',
    usageHint: 'velocitypay.io | hot | mine | why | stats | digest | away | settings | help',
    description: 'Look up a company, list hot leads, or see your own',
  },
] as const;

/** The subscribed events, Home tab and shortcuts of manifest.yml. */
export const EVENTS = ['app_home_opened', 'app_mention'] as const;
export const HAS_HOME_TAB = true;
export const SHORTCUTS = [
  {
    callbackId: 'company.look-up',
    kind: 'global',
    name: 'Look up a company',
    description: 'Find a company by its domain, an email address or a name',
  },
  {
    callbackId: 'message.companies',
    kind: 'message',
    name: 'Companies in message',
    description: 'Show what is known about the companies in this message',
  },
] as const;

export type MemberOption = Pick<Member, 'id' | 'name' | 'realName'> & Partial<Member>;
export type ChannelOption = Pick<Channel, 'id' | 'name'> & Partial<Channel>;

export const PEOPLE: readonly MemberOption[] = [
  {
    id: 'U0ALICE',
    name: 'alice',
    realName: 'Alice Moreno',
    title: 'Account Executive, Enterprise',
    tz: 'America/New_York',
  },
  {
    id: 'U0BEN',
    name: 'ben',
    realName: 'Ben Osei',
    title: 'Account Executive, Mid-Market',
    tz: 'Europe/London',
  },
  {
    id: 'U0CHLOE',
    name: 'chloe',
    realName: 'Chloe Tan',
    title: 'Account Executive, Startups',
    tz: 'Asia/Singapore',
  },
];

/** A user from another organization, for tests. */
export const EXTERNAL_PERSON: MemberOption = {
  id: 'U0DANA',
  name: 'dana',
  realName: 'Dana Reyes',
  title: 'Partner, Northwind',
  email: 'dana@northwind.example',
  teamId: 'T0NORTHWIND',
};

export const CHANNELS: readonly ChannelOption[] = [
  { id: 'C0HOTLEADS', name: 'hot-leads', topic: 'Leads that just turned hot' },
  { id: 'C0SALES', name: 'sales-digest', topic: 'The daily digest, every weekday morning' },
  { id: 'C0RANDOM', name: 'random', topic: 'Anything else', botIn: false },
];

export function memberWithDefaults(option: MemberOption, team: Team): Member {
  return {
    title: '',
    email: `${option.name}@${team.domain}.example`,
    tz: 'Europe/Berlin',
    guest: null,
    isBot: false,
    deleted: false,
    teamId: team.id,
    ...option,
  };
}

export function channelWithDefaults(option: ChannelOption): Channel {
  return {
    kind: 'public',
    topic: '',
    botIn: true,
    archived: false,
    members: null,
    shared: null,
    ...option,
  };
}
