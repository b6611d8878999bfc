import type { HomeView, KnownBlock, ModalView } from '@slack/types';
import type { JsonObject } from './json.ts';
import type { InputValues } from './protocol.ts';

export interface Team {
  id: string;
  domain: string;
  name: string;
}

export interface Member {
  id: string;
  /** Lower-case handle. */
  name: string;
  realName: string;
  title: string;
  email: string;
  /** IANA zone; `null` for users who never set one. */
  tz: string | null;
  /** A `single` guest may be in one channel only. */
  guest: 'single' | 'multi' | null;
  isBot: boolean;
  deleted: boolean;
  /** For users in shared channels, the id of their own organization. */
  teamId: string;
}

export interface Channel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'dm';
  topic: string;
  botIn: boolean;
  archived: boolean;
  /** Members besides the bot; `null` means the whole workspace. */
  members: readonly string[] | null;
  /** `external` and `pending`: Slack Connect with another organization. `org`: other workspaces of the same one. */
  shared: 'external' | 'pending' | 'org' | null;
}

export interface UserGroup {
  id: string;
  /** Without `@`. Its id by default. */
  handle?: string;
  users: readonly string[];
}

export interface Metadata {
  event_type: string;
  event_payload: JsonObject;
}

/** A message that is visible to the whole channel. */
export interface SlackMessage {
  readonly ts: string;
  readonly channel: string;
  /** User id, also of the bot. */
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly metadata: Metadata | null;
  readonly edited: { user: string; ts: string } | null;
  /** The parent's `ts`; `null` on top-level messages. */
  readonly thread_ts: string | null;
}

/** An ephemeral message. Unlike Slack, we keep them. */
export interface PrivateAnswer {
  readonly ts: string;
  readonly channel: string;
  /** The only user who sees it. */
  readonly to: string;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly thread_ts: string | null;
}

export interface OpenView {
  id: string;
  user: string;
  hash: string;
  rootId: string;
  previousId: string | null;
  view: ModalView;
  values: InputValues;
  errors: Readonly<Record<string, string>>;
  busy: boolean;
}

/** What the bot published on a user's Home tab. */
export interface PublishedHome {
  /** Stays the same from one publication to the next. */
  id: string;
  user: string;
  hash: string;
  view: HomeView;
  values: InputValues;
}

export interface Trigger {
  user: string;
  madeAt: number;
  used: boolean;
  /** The modal the action happened in, if any. */
  viewId: string | null;
}

export interface Workspace {
  readonly team: Team;
  readonly bot: { userId: string; botId: string; appId: string; name: string };
  readonly scopes: ReadonlySet<string>;
  readonly hasHomeTab: boolean;
  readonly people: readonly Member[];
  readonly channels: Map<string, Channel>;
  readonly userGroups: readonly UserGroup[];
  /** By channel, oldest first. Messages are immutable: an edit replaces the object. */
  readonly messages: Map<string, SlackMessage[]>;
  readonly answers: PrivateAnswer[];
  /** By user, top last. */
  readonly views: Map<string, OpenView[]>;
  /** By user. */
  readonly homes: Map<string, PublishedHome>;
  readonly triggers: Map<string, Trigger>;
  readonly watchers: Set<() => void>;
  /** Milliseconds. Replaceable, to move this Slack's clock. */
  now: () => number;
  lastTs: { seconds: number; micros: number };
  counter: number;
}

export function newWorkspace(
  parts: Pick<Workspace, 'team' | 'bot' | 'people' | 'scopes' | 'userGroups' | 'hasHomeTab'> & {
    channels: readonly Channel[];
  },
): Workspace {
  return {
    ...parts,
    channels: new Map(parts.channels.map((channel) => [channel.id, { ...channel }])),
    messages: new Map(),
    answers: [],
    views: new Map(),
    homes: new Map(),
    triggers: new Map(),
    watchers: new Set(),
    now: Date.now,
    lastTs: { seconds: 0, micros: 0 },
    counter: 0,
  };
}

/** Must be called after every change. */
export function notifyWatchers(workspace: Workspace): void {
  for (const watcher of [...workspace.watchers]) watcher();
}

/** Unique and increasing, even if the clock is set back. */
export function newTs(workspace: Workspace): string {
  const seconds = Math.floor(workspace.now() / 1000);
  const last = workspace.lastTs;
  workspace.lastTs =
    seconds > last.seconds
      ? { seconds, micros: 100 }
      : { seconds: last.seconds, micros: last.micros + 100 };
  const { lastTs } = workspace;
  return `${lastTs.seconds}.${String(lastTs.micros).padStart(6, '0')}`;
}

export function newId(workspace: Workspace, prefix: string): string {
  workspace.counter += 1;
  return `${prefix}${workspace.counter.toString(36).toUpperCase().padStart(8, '0')}`;
}

export function findPerson(workspace: Workspace, userId: string): Member | undefined {
  return workspace.people.find((one) => one.id === userId);
}

export function isMember(workspace: Workspace, channel: Channel, userId: string): boolean {
  if (userId === workspace.bot.userId) return channel.botIn;
  // Slack removes deactivated users from every channel.
  if (findPerson(workspace, userId)?.deleted !== false) return false;
  return channel.members?.includes(userId) ?? true;
}

/** Created on first use. */
export function directMessages(workspace: Workspace, userId: string): Channel {
  const id = `D${userId.slice(1)}`;
  const known = workspace.channels.get(id);
  if (known) return known;
  const channel: Channel = {
    id,
    name: 'directmessage',
    kind: 'dm',
    topic: '',
    botIn: true,
    archived: false,
    members: [userId],
    shared: null,
  };
  workspace.channels.set(id, channel);
  return channel;
}

export function messagesIn(workspace: Workspace, channelId: string): SlackMessage[] {
  const known = workspace.messages.get(channelId);
  if (known) return known;
  const fresh: SlackMessage[] = [];
  workspace.messages.set(channelId, fresh);
  return fresh;
}

export function messageAt(
  workspace: Workspace,
  channelId: string,
  ts: string,
): SlackMessage | undefined {
  return workspace.messages.get(channelId)?.find((message) => message.ts === ts);
}

export function repliesTo(workspace: Workspace, parent: SlackMessage): SlackMessage[] {
  return messagesIn(workspace, parent.channel).filter((one) => one.thread_ts === parent.ts);
}

export function addMessage(
  workspace: Workspace,
  message: Pick<SlackMessage, 'channel' | 'user' | 'text'> & Partial<SlackMessage>,
): SlackMessage {
  const added: SlackMessage = {
    blocks: [],
    metadata: null,
    edited: null,
    thread_ts: null,
    ...message,
    ts: newTs(workspace),
  };
  messagesIn(workspace, message.channel).push(added);
  notifyWatchers(workspace);
  return added;
}

export function editMessage(
  workspace: Workspace,
  message: SlackMessage,
  change: Partial<Pick<SlackMessage, 'text' | 'blocks' | 'metadata'>>,
): SlackMessage {
  const edited = { user: message.user, ts: newTs(workspace) };
  const newer: SlackMessage = { ...message, ...change, edited };
  const messages = messagesIn(workspace, message.channel);
  messages[messages.indexOf(message)] = newer;
  notifyWatchers(workspace);
  return newer;
}

export function removeMessage(workspace: Workspace, message: SlackMessage): void {
  const messages = messagesIn(workspace, message.channel);
  const index = messages.indexOf(message);
  if (index >= 0) messages.splice(index, 1);
  notifyWatchers(workspace);
}

export function addAnswer(workspace: Workspace, answer: Omit<PrivateAnswer, 'ts'>): PrivateAnswer {
  const added = { ...answer, ts: newTs(workspace) };
  workspace.answers.push(added);
  notifyWatchers(workspace);
  return added;
}

export function editAnswer(
  workspace: Workspace,
  answer: PrivateAnswer,
  change: Pick<PrivateAnswer, 'text' | 'blocks'>,
): void {
  workspace.answers[workspace.answers.indexOf(answer)] = { ...answer, ...change };
  notifyWatchers(workspace);
}

export function viewsOf(workspace: Workspace, userId: string): OpenView[] {
  return workspace.views.get(userId) ?? [];
}

export function setViews(workspace: Workspace, userId: string, views: OpenView[]): void {
  workspace.views.set(userId, views);
  notifyWatchers(workspace);
}

export function newTrigger(workspace: Workspace, user: string, viewId: string | null): string {
  const id = `${workspace.now()}.${newId(workspace, '')}`;
  workspace.triggers.set(id, { user, madeAt: workspace.now(), used: false, viewId });
  return id;
}
