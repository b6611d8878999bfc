import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { readBody, sendJson, sendText } from './http.ts';
import { parseJson } from './json.ts';
import type {
  GuideStep,
  PageMessage,
  PageRequest,
  PageState,
  PanelAction,
  Person,
  Tip,
} from './protocol.ts';
import { type ActionResult, failed } from './user-action.ts';
import {
  directMessages,
  findPerson,
  isMember,
  type Member,
  type SlackMessage,
  viewsOf,
  type Workspace,
} from './workspace.ts';

export interface PageFiles {
  html: string;
  /** By name, served at `/assets/<name>`. */
  assets: Readonly<Record<string, { type: string; body: string | Uint8Array }>>;
}

/** The demo's buttons that change the data behind Slack's back. */
export interface Panel {
  actions: readonly PanelAction[];
  tips: readonly Tip[];
  /** The page shows the message of a rejection. */
  run(id: string): Promise<void>;
}

export interface PageServer {
  workspace: Workspace;
  files: PageFiles | undefined;
  panel: Panel | undefined;
  guide(): readonly GuideStep[];
  commands: PageState['commands'];
  shortcuts: PageState['shortcuts'];
  connected(): boolean;
  act: {
    [Verb in Exclude<keyof PageRequest, 'panel'>]: (
      asked: PageRequest[Verb],
    ) => Promise<ActionResult>;
  };
}

const target = z.discriminatedUnion('in', [
  z.strictObject({ in: z.literal('message'), channel: z.string(), ts: z.string() }),
  z.strictObject({ in: z.literal('view'), viewId: z.string() }),
  z.strictObject({ in: z.literal('home') }),
]);
const state = z.record(z.string(), z.unknown());
const requests = {
  say: z.strictObject({
    as: z.string(),
    channel: z.string(),
    text: z.string(),
    threadTs: z.string().exactOptional(),
  }),
  press: z.strictObject({
    as: z.string(),
    target,
    blockId: z.string(),
    actionId: z.string(),
    option: z.string().exactOptional(),
  }),
  submit: z.strictObject({
    as: z.string(),
    viewId: z.string(),
    values: z.record(z.string(), z.record(z.string(), state)),
  }),
  close: z.strictObject({ as: z.string(), viewId: z.string() }),
  openHome: z.strictObject({ as: z.string(), tab: z.enum(['home', 'messages']).exactOptional() }),
  shortcut: z.strictObject({
    as: z.string(),
    callbackId: z.string(),
    on: z.strictObject({ channel: z.string(), ts: z.string() }).exactOptional(),
  }),
  panel: z.strictObject({ id: z.string() }),
};

/** Returns false if the path isn't the page's. */
export async function servePage(
  page: PageServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
  if (request.method === 'GET') {
    if (pathname === '/page/events') return serveEvents(page, searchParams.get('as'), response);
    return serveFile(page.files, pathname, response);
  }
  const verb = /^\/page\/(\w+)$/.exec(pathname)?.[1];
  if (request.method !== 'POST' || verb === undefined) return false;
  if (!sameOrigin(request)) {
    sendText(response, 403, 'Only the page itself may call this.');
    return true;
  }
  const parsed = parseJson(await readBody(request));
  const acted = await act(page, verb, parsed.ok ? parsed.value : undefined);
  // The page's state already has field errors, next to the inputs.
  sendJson(response, acted.ok || acted.fields ? { ok: true } : { ok: false, error: acted.error });
  return true;
}

/** Stops other sites in the same browser from calling us. */
function sameOrigin(request: IncomingMessage): boolean {
  const { origin, host = '' } = request.headers;
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return false;
  return origin === undefined || origin === `http://${host}`;
}

type Handler = (body: unknown) => Promise<ActionResult>;

function act(page: PageServer, verb: string, body: unknown): Promise<ActionResult> {
  const invalid = failed(`Invalid request: ${verb}.`);
  const handle =
    <Request>(
      schema: z.ZodType<Request>,
      run: (asked: Request) => Promise<ActionResult>,
    ): Handler =>
    async (given) => {
      const asked = schema.safeParse(given);
      return asked.success ? run(asked.data) : invalid;
    };
  const handlers: Record<keyof PageRequest, Handler> = {
    say: handle(requests.say, page.act.say),
    press: handle(requests.press, page.act.press),
    submit: handle(requests.submit, page.act.submit),
    close: handle(requests.close, page.act.close),
    openHome: handle(requests.openHome, page.act.openHome),
    shortcut: handle(requests.shortcut, page.act.shortcut),
    panel: handle(requests.panel, ({ id }) => runPanel(page.panel, id)),
  };
  const handler = new Map<string, Handler>(Object.entries(handlers)).get(verb);
  return handler ? handler(body) : Promise.resolve(invalid);
}

async function runPanel(panel: Panel | undefined, id: string): Promise<ActionResult> {
  if (!panel?.actions.some((one) => one.id === id))
    return { ok: false, error: `There is no panel action ${id}.` };
  try {
    await panel.run(id);
    return { ok: true };
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

function serveFile(
  files: PageFiles | undefined,
  pathname: string,
  response: ServerResponse,
): boolean {
  if (!files) return false;
  if (pathname === '/') {
    sendText(response, 200, files.html, 'text/html; charset=utf-8');
    return true;
  }
  const name = decodeURIComponent(/^\/assets\/(.+)$/.exec(pathname)?.[1] ?? '');
  const asset = Object.hasOwn(files.assets, name) ? files.assets[name] : undefined;
  if (!asset) return false;
  sendText(response, 200, asset.body, asset.type);
  return true;
}

/** Without `as`, the page shows the first user's view. */
function serveEvents(page: PageServer, as: string | null, response: ServerResponse): boolean {
  const me = as === null ? page.workspace.people[0] : findPerson(page.workspace, as);
  if (!me) return false;
  directMessages(page.workspace, me.id);
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    connection: 'keep-alive',
  });
  const send = (): void => {
    response.write(`data: ${JSON.stringify(pageState(page, me))}\n\n`);
  };
  // Batch all changes of one event loop turn into one event.
  let due = false;
  const later = (): void => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      if (!response.writableEnded) send();
    });
  };
  page.workspace.watchers.add(later);
  response.on('close', () => page.workspace.watchers.delete(later));
  send();
  return true;
}

function personOf(workspace: Workspace, member: Member): Person {
  const { id, name, realName, title } = member;
  return {
    id,
    name,
    realName,
    title,
    ...(member.teamId !== workspace.team.id && { external: true }),
    ...(member.deleted && { deactivated: true }),
  };
}

/** Everything this user sees. */
function pageState(page: PageServer, me: Member): PageState {
  const { workspace } = page;
  const channels = [...workspace.channels.values()].filter(
    (channel) => channel.kind === 'public' || isMember(workspace, channel, me.id),
  );
  return {
    me: personOf(workspace, me),
    bot: { id: workspace.bot.userId, name: workspace.bot.name, connected: page.connected() },
    people: workspace.people.map((one) => personOf(workspace, one)),
    channels: channels.map(({ id, name, kind, topic, botIn }) => ({
      id,
      name: kind === 'dm' ? workspace.bot.name : name,
      kind,
      topic,
      botIn,
    })),
    userGroups: workspace.userGroups.map(({ id, handle = id }) => ({ id, handle })),
    messages: Object.fromEntries(
      channels.map((channel) => [channel.id, pageMessages(workspace, me.id, channel.id)]),
    ),
    views: viewsOf(workspace, me.id).map(({ id, view, errors, busy }) => ({
      id,
      view,
      errors,
      busy,
    })),
    home: workspace.hasHomeTab ? { blocks: workspace.homes.get(me.id)?.view.blocks ?? null } : null,
    panel: page.panel?.actions ?? [],
    guide: page.guide(),
    tips: page.panel?.tips ?? [],
    commands: page.commands,
    shortcuts: page.shortcuts,
  };
}

function pageMessages(workspace: Workspace, me: string, channelId: string): PageMessage[] {
  const shown = (message: SlackMessage, ephemeral: boolean): PageMessage => ({
    ts: message.ts,
    user: message.user,
    text: message.text,
    blocks: message.blocks,
    edited: message.edited !== null,
    ephemeral,
    threadTs: message.thread_ts,
    replies: [],
  });
  const answers = workspace.answers
    .filter((answer) => answer.to === me && answer.channel === channelId)
    .map((answer) =>
      shown({ ...answer, user: workspace.bot.userId, metadata: null, edited: null }, true),
    );
  const stored = (workspace.messages.get(channelId) ?? []).map((one) => shown(one, false));
  const all = [...stored, ...answers].sort((one, other) => (one.ts < other.ts ? -1 : 1));
  const parents = new Set(all.filter((one) => one.threadTs === null).map((one) => one.ts));
  const top = all.filter((one) => one.threadTs === null || !parents.has(one.threadTs));
  const threads = Map.groupBy(all, (one) => one.threadTs);
  return top.map((one) => ({ ...one, replies: threads.get(one.ts) ?? [] }));
}
