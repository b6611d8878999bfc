/** Each user's stack of open modals, and their Home tab. */
import { randomBytes } from 'node:crypto';
import type { HomeView, ModalView } from '@slack/types';
import { initialValues } from './input-state.ts';
import type { JsonObject } from './json.ts';
import type { InputValues } from './protocol.ts';
import {
  newId,
  notifyWatchers,
  type OpenView,
  type PublishedHome,
  setViews,
  viewsOf,
  type Workspace,
} from './workspace.ts';

export const MAX_STACK = 3;

export function openView(
  workspace: Workspace,
  user: string,
  view: ModalView,
  below: readonly OpenView[],
): OpenView {
  const id = newId(workspace, 'V');
  const opened: OpenView = {
    id,
    user,
    hash: newHash(workspace),
    rootId: below[0]?.id ?? id,
    previousId: below.at(-1)?.id ?? null,
    view,
    values: initialValues(view.blocks),
    errors: {},
    busy: false,
  };
  setViews(workspace, user, [...below, opened]);
  return opened;
}

/** Like Slack, keeps the input of elements whose block and action ids stay the same. */
export function replaceView(workspace: Workspace, open: OpenView, view: ModalView): void {
  const values = keptValues(open.values, view.blocks);
  Object.assign(open, { view, values, errors: {}, busy: false, hash: newHash(workspace) });
  setViews(workspace, open.user, viewsOf(workspace, open.user));
}

function keptValues(entered: InputValues, blocks: unknown): InputValues {
  const values = initialValues(blocks);
  for (const [blockId, actions] of Object.entries(values))
    for (const actionId of Object.keys(actions)) {
      const kept = entered[blockId]?.[actionId];
      if (kept) actions[actionId] = kept;
    }
  return values;
}

export function publishHome(workspace: Workspace, user: string, view: HomeView): PublishedHome {
  const before = workspace.homes.get(user);
  const published: PublishedHome = {
    id: before?.id ?? newId(workspace, 'V'),
    user,
    hash: newHash(workspace),
    view,
    values: keptValues(before?.values ?? {}, view.blocks),
  };
  workspace.homes.set(user, published);
  notifyWatchers(workspace);
  return published;
}

export function findView(workspace: Workspace, viewId: string): OpenView | undefined {
  return [...workspace.views.values()].flat().find((open) => open.id === viewId);
}

function newHash(workspace: Workspace): string {
  return `${Math.floor(workspace.now() / 1000)}.${randomBytes(6).toString('base64url')}`;
}

/** A view in the JSON of the Web API and of payloads. */
export function wireView(workspace: Workspace, open: OpenView): JsonObject {
  const { view } = open;
  return {
    ...wireCommon(workspace, open),
    title: view.title,
    clear_on_close: view.clear_on_close ?? false,
    notify_on_close: view.notify_on_close ?? false,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: open.previousId,
    root_view_id: open.rootId,
  };
}

/** Has the keys of modals too, as Slack sends them. */
export function wireHome(workspace: Workspace, home: PublishedHome): JsonObject {
  return {
    ...wireCommon(workspace, home),
    title: { type: 'plain_text', text: 'View Title', emoji: true },
    clear_on_close: false,
    notify_on_close: false,
    close: null,
    submit: null,
    previous_view_id: null,
    root_view_id: home.id,
  };
}

function wireCommon(workspace: Workspace, shown: OpenView | PublishedHome): JsonObject {
  const { team, bot } = workspace;
  const { view } = shown;
  return {
    id: shown.id,
    team_id: team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    state: { values: shown.values },
    hash: shown.hash,
    app_id: bot.appId,
    external_id: view.external_id ?? '',
    app_installed_team_id: team.id,
    bot_id: bot.botId,
  };
}
