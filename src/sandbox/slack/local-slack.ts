import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { HomeView, ModalView } from '@slack/types';
import {
  BOT,
  CHANNELS,
  type ChannelOption,
  COMMANDS,
  channelWithDefaults,
  EVENTS,
  HAS_HOME_TAB,
  type MemberOption,
  memberWithDefaults,
  PEOPLE,
  SCOPES,
  SHORTCUTS,
  TEAM,
} from './defaults.ts';
import { type Delivered, type Delivery, deliverByHttp } from './delivery.ts';
import { dump } from './dump.ts';
import { newEvents, RETRY_AFTER_MS } from './events.ts';
import { type Misbehavior, misbehave, type Rule } from './faults.ts';
import { openHome } from './home.ts';
import { readArguments, readBody, sendText } from './http.ts';
import type { JsonObject } from './json.ts';
import { type PageFiles, type PageServer, type Panel, servePage } from './page.ts';
import { type Pressed, press, pressWith } from './press.ts';
import type { GuideStep, HomeTab, InputValues, PageState, PressTarget } from './protocol.ts';
import { type ResponseUrls, serveResponseUrl } from './response-urls.ts';
import { say } from './say.ts';
import { useShortcut } from './shortcut.ts';
import { type DisconnectReason, newSocketMode } from './socket-mode.ts';
import { closeView, type Entries, submit } from './submit.ts';
import { type UntilOptions, until } from './until.ts';
import type { ActionContext, ActionResult } from './user-action.ts';
import { type Call, serveWebApi, type Tokens } from './web-api.ts';
import {
  type Channel,
  directMessages,
  findPerson,
  type Member,
  messageAt,
  messagesIn,
  newWorkspace,
  notifyWatchers,
  type PrivateAnswer,
  removeMessage,
  type SlackMessage,
  type Team,
  type UserGroup,
  viewsOf,
  type Workspace,
} from './workspace.ts';

export type {
  ActionResult,
  Call,
  Channel,
  Entries,
  Member,
  Misbehavior,
  PageFiles,
  Panel,
  Pressed,
  PrivateAnswer,
  Rule,
  SlackMessage,
  UserGroup,
};

export interface LocalSlackOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Start of the URLs it hands out, when it runs behind a proxy; default `http://127.0.0.1:<port>`. */
  origin?: string;
  /** The same for its WebSocket URL. */
  socketOrigin?: string;
  team?: Team;
  people?: readonly MemberOption[];
  channels?: readonly ChannelOption[];
  userGroups?: readonly UserGroup[];
  /** What stands in the channels already, oldest first. */
  messages?: readonly SlackMessage[];
  /** Scopes of the bot token; default is those of the manifest. */
  scopes?: readonly string[];
  commands?: PageState['commands'];
  shortcuts?: PageState['shortcuts'];
  /** The events that the app is subscribed to; default is those of the manifest. */
  events?: readonly string[];
  /** Whether the app has a Home tab; default true. */
  homeTab?: boolean;
  /** When an event without acknowledgement is sent again; default at once, after 1 min and after 5 min. */
  retryEventsAfterMs?: readonly number[];
  /** `should_escape` of the slash commands; default true. */
  escapeCommandText?: boolean;
  botToken?: string;
  appToken?: string;
  signingSecret?: string;
  /** Receives each call when it has been answered. `calls` then has only those that wait for an answer. */
  onCall?: (call: Call) => void;
  /** The built page, served at `/`. */
  page?: PageFiles;
  panel?: Panel;
}

/** An open modal as its user sees it. */
interface ShownView {
  id: string;
  hash: string;
  view: ModalView;
  values: InputValues;
  /** By block id. */
  errors: Readonly<Record<string, string>>;
  busy: boolean;
}

/** A Home tab as its user sees it. */
interface ShownHome {
  id: string;
  hash: string;
  view: HomeView;
}

export interface LocalSlack {
  /** For `slackApiUrl`; ends in `/api/`. */
  readonly apiUrl: string;
  readonly pageUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly team: Team;
  readonly bot: Workspace['bot'];
  readonly people: readonly Member[];
  /** Includes direct messages. */
  readonly channels: readonly Channel[];

  /** Switches to HTTP mode with this request URL, or back to Socket Mode with `null`. */
  deliverTo(url: string | null): void;
  /** True when a socket is open or a request URL is set. */
  connected(): boolean;
  /** Open Socket Mode connections. */
  connections(): number;
  /** Cuts the connections, or with a reason asks the app to reconnect. */
  dropSockets(reason?: DisconnectReason): void;

  /** Top-level messages and replies, oldest first. */
  messages(channelId: string): readonly SlackMessage[];
  /** Ephemeral messages to this user, newest last. */
  privateAnswers(userId: string): readonly PrivateAnswer[];
  /** The modal stack, top last. */
  views(userId: string): readonly ShownView[];
  /** What the user's Home tab shows; `null` until the bot publishes something. */
  home(userId: string): ShownHome | null;
  /** The id of the bot's direct message channel with this user. */
  directMessages(userId: string): string;

  /** This and the user actions below resolve when the app has acknowledged, or after 3 s. */
  say(userId: string, channelId: string, text: string, threadTs?: string): Promise<ActionResult>;
  press(userId: string, target: PressTarget, which: Pressed): Promise<ActionResult>;
  /** Delivers any action, even of an old button or with a forged value. */
  pressWith(userId: string, target: PressTarget, action: JsonObject): Promise<ActionResult>;
  submit(userId: string, viewId: string, entries: Entries): Promise<ActionResult>;
  closeView(userId: string, viewId: string): Promise<ActionResult>;
  /** Opens the Home tab, or another tab of the app. */
  openHome(userId: string, tab?: HomeTab): Promise<ActionResult>;
  /** Uses a global shortcut. */
  shortcut(userId: string, callbackId: string): Promise<ActionResult>;
  /** Uses a shortcut of a message. */
  shortcutOn(
    userId: string,
    callbackId: string,
    channelId: string,
    ts: string,
  ): Promise<ActionResult>;
  /** Delivers an Events API event, subscribed or not. Without acknowledgement it is sent again later. */
  sendEvent(event: JsonObject): Promise<Delivered>;
  /** The next `times` events reach the app, but their acknowledgements get lost. */
  loseAcks(times: number): void;

  /** Deletes a message as a user would. @throws if there is none */
  deleteMessage(channelId: string, ts: string): void;
  inviteBot(channelId: string): void;
  kickBot(channelId: string): void;
  archive(channelId: string): void;
  unarchive(channelId: string): void;
  /** @throws if the channel doesn't exist */
  changeChannel(channelId: string, change: Partial<Channel>): void;
  /** For instance makes the user a guest or deactivates them. @throws if the user doesn't exist */
  changePerson(userId: string, change: Partial<Member>): void;

  until<Value>(
    predicate: () => Value | undefined | null | false,
    options?: UntilOptions,
  ): Promise<Value>;
  /** Calls of the Web API and response URLs, and acknowledgements with a body, oldest first. */
  calls(method?: string): readonly Call[];
  misbehave(rule: Rule): () => void;
  /** Replaces this Slack's clock (milliseconds); `null` restores the real one. */
  setClock(now: (() => number) | null): void;
  /** Shows these steps on the page. */
  setGuide(steps: readonly GuideStep[]): void;
  /** The whole state as text. */
  dump(): string;
  close(): Promise<void>;
}

function secret(): string {
  return randomBytes(16).toString('hex');
}

/** A Slack workspace in this process on 127.0.0.1, as strict as the real one. */
export async function startLocalSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  const team = options.team ?? TEAM;
  const workspace = newWorkspace({
    team,
    bot: BOT,
    scopes: new Set(options.scopes ?? SCOPES),
    hasHomeTab: options.homeTab ?? HAS_HOME_TAB,
    people: (options.people ?? PEOPLE).map((one) => memberWithDefaults(one, team)),
    channels: (options.channels ?? CHANNELS).map(channelWithDefaults),
    userGroups: options.userGroups ?? [],
  });
  for (const message of options.messages ?? [])
    messagesIn(workspace, message.channel).push(message);
  const tokens: Tokens = {
    bot: options.botToken ?? `xoxb-local-${secret()}`,
    app: options.appToken ?? `xapp-local-${secret()}`,
  };
  const signingSecret = options.signingSecret ?? secret();
  const commands = options.commands ?? COMMANDS;
  const shortcuts = options.shortcuts ?? SHORTCUTS;
  const calls: Call[] = [];
  const answered = (call: Call): void => {
    if (options.onCall === undefined) return;
    calls.splice(calls.indexOf(call), 1);
    options.onCall(call);
  };
  let guide: readonly GuideStep[] = [];
  const faults = new Set<Rule & { left: number }>();
  let requestUrl: string | null = null;
  let origin = '';

  const socket = newSocketMode(BOT.appId, () => notifyWatchers(workspace));
  const urls: ResponseUrls = {
    workspace,
    faults,
    calls,
    answered,
    baseUrl: () => origin,
    known: new Map(),
  };
  const deliver = (delivery: Delivery): Promise<Delivered> =>
    requestUrl === null
      ? socket.deliver(delivery)
      : deliverByHttp(requestUrl, signingSecret, delivery, Date.now());
  const events = newEvents(workspace, deliver, options.retryEventsAfterMs ?? RETRY_AFTER_MS);
  const context: ActionContext = {
    workspace,
    urls,
    commands,
    escapeCommandText: options.escapeCommandText ?? true,
    shortcuts,
    subscribed: new Set(options.events ?? EVENTS),
    deliver,
    sendEvent: (event) => events.send(event),
  };
  const api = {
    workspace,
    faults,
    calls,
    answered,
    tokens,
    socketUrl: () => `${options.socketOrigin ?? origin.replace('http', 'ws')}${socket.newPath()}`,
  };
  const connected = (): boolean => requestUrl !== null || socket.connections() > 0;
  const page: PageServer = {
    workspace,
    files: options.page,
    panel: options.panel,
    guide: () => guide,
    commands,
    shortcuts,
    connected,
    act: {
      say: ({ as, channel, text, threadTs }) => say(context, as, channel, text, threadTs ?? null),
      press: ({ as, target, ...which }) => press(context, as, target, which),
      submit: ({ as, viewId, values }) => submit(context, as, viewId, values),
      close: ({ as, viewId }) => closeView(context, as, viewId),
      openHome: ({ as, tab = 'home' }) => openHome(context, as, tab),
      shortcut: ({ as, callbackId, on = null }) => useShortcut(context, as, callbackId, on),
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://local');
    const [, kind, name = ''] = /^\/(api|response)\/(.*)$/.exec(pathname) ?? [];
    if (kind === 'api') return serveWebApi(api, name, request, response);
    if (kind === 'response') {
      const args = readArguments('application/json', await readBody(request));
      return serveResponseUrl(urls, name, args, response);
    }
    if (!(await servePage(page, request, response))) sendText(response, 404, 'Nothing is here.');
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent) sendText(response, 500, String(error));
      else response.destroy();
    });
  });
  server.on('upgrade', (request, duplex, head) => socket.upgrade(request, duplex, head));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port to listen on');
  origin = options.origin ?? `http://127.0.0.1:${address.port}`;

  function changeChannel(channelId: string, change: Partial<Channel>): void {
    const channel = workspace.channels.get(channelId);
    if (!channel) throw new Error(`There is no channel ${channelId}`);
    Object.assign(channel, change);
    notifyWatchers(workspace);
  }

  return {
    apiUrl: `${origin}/api/`,
    pageUrl: `${origin}/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    signingSecret,
    team,
    bot: workspace.bot,
    people: workspace.people,
    get channels() {
      return [...workspace.channels.values()];
    },
    deliverTo(url) {
      requestUrl = url;
      notifyWatchers(workspace);
    },
    connected,
    connections: () => socket.connections(),
    dropSockets: (reason) => (reason === undefined ? socket.drop() : socket.disconnect(reason)),
    messages: (channelId) => [...messagesIn(workspace, channelId)],
    privateAnswers: (userId) => workspace.answers.filter((one) => one.to === userId),
    views: (userId) =>
      viewsOf(workspace, userId).map(({ id, hash, view, values, errors, busy }) => ({
        id,
        hash,
        view,
        values,
        errors,
        busy,
      })),
    home(userId) {
      const home = workspace.homes.get(userId);
      return home ? { id: home.id, hash: home.hash, view: home.view } : null;
    },
    directMessages: (userId) => directMessages(workspace, userId).id,
    say: (userId, channelId, text, threadTs) =>
      say(context, userId, channelId, text, threadTs ?? null),
    press: (userId, target, which) => press(context, userId, target, which),
    pressWith: (userId, target, action) => pressWith(context, userId, target, action),
    submit: (userId, viewId, entries) => submit(context, userId, viewId, entries),
    closeView: (userId, viewId) => closeView(context, userId, viewId),
    openHome: (userId, tab = 'home') => openHome(context, userId, tab),
    shortcut: (userId, callbackId) => useShortcut(context, userId, callbackId, null),
    shortcutOn: (userId, callbackId, channel, ts) =>
      useShortcut(context, userId, callbackId, { channel, ts }),
    sendEvent: (event) => events.send(event),
    loseAcks: (times) => events.loseAcks(times),
    deleteMessage(channelId, ts) {
      const message = messageAt(workspace, channelId, ts);
      if (!message) throw new Error(`There is no message ${ts} in ${channelId}`);
      removeMessage(workspace, message);
    },
    inviteBot: (channelId) => changeChannel(channelId, { botIn: true }),
    kickBot: (channelId) => changeChannel(channelId, { botIn: false }),
    archive: (channelId) => changeChannel(channelId, { archived: true }),
    unarchive: (channelId) => changeChannel(channelId, { archived: false }),
    changeChannel,
    changePerson(userId, change) {
      const who = findPerson(workspace, userId);
      if (!who) throw new Error(`There is no person ${userId}`);
      Object.assign(who, change);
      notifyWatchers(workspace);
    },
    until: (predicate, how = {}) => until(workspace, predicate, how, () => dump(workspace, calls)),
    calls: (method) => calls.filter((one) => method === undefined || one.method === method),
    misbehave: (rule) => misbehave(faults, rule),
    setClock(now) {
      workspace.now = now ?? Date.now;
    },
    setGuide(steps) {
      guide = steps;
      notifyWatchers(workspace);
    },
    dump: () => dump(workspace, calls),
    async close() {
      events.close();
      socket.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
