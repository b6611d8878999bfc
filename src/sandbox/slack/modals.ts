/** Each user's stack of open modals. */
import { randomBytes } from 'node:crypto';
import type { ModalView } from '@slack/types';
import { initialValues } from './input-state.ts';
import type { JsonObject } from './json.ts';
import { newId, type OpenView, setViews, viewsOf, type Workspace } from './workspace.ts';

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
  const values = initialValues(view.blocks);
  for (const [blockId, actions] of Object.entries(values))
    for (const actionId of Object.keys(actions)) {
      const entered = open.values[blockId]?.[actionId];
      if (entered) actions[actionId] = entered;
    }
  Object.assign(open, { view, values, errors: {}, busy: false, hash: newHash(workspace) });
  setViews(workspace, open.user, viewsOf(workspace, open.user));
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
  const { team, bot } = workspace;
  return {
    id: open.id,
    team_id: team.id,
    type: view.type,
    blocks: view.blocks,
    private_metadata: view.private_metadata ?? '',
    callback_id: view.callback_id ?? '',
    state: { values: open.values },
    hash: open.hash,
    title: view.title,
    clear_on_close: view.clear_on_close ?? false,
    notify_on_close: view.notify_on_close ?? false,
    close: view.close ?? null,
    submit: view.submit ?? null,
    previous_view_id: open.previousId,
    root_view_id: open.rootId,
    app_id: bot.appId,
    external_id: view.external_id ?? '',
    app_installed_team_id: team.id,
    bot_id: bot.botId,
  };
}
