import { z } from 'zod';
import { type ApiResponse, refuse, refuseWithReasons } from './api-response.ts';
import { checkHome, checkView } from './block-kit.ts';
import {
  findView,
  MAX_STACK,
  openView,
  publishHome,
  replaceView,
  wireHome,
  wireView,
} from './modals.ts';
import { nested } from './web-api-arguments.ts';
import { type Method, method } from './web-api-method.ts';
import { findPerson, type Trigger, viewsOf, type Workspace } from './workspace.ts';

const TRIGGER_LIFE_MS = 3_000;

type Redeemed = { ok: true; trigger: Trigger } | { ok: false; answer: ApiResponse };

/** Documented codes: `invalid_trigger_id`, `exchanged_trigger_id`, `expired_trigger_id`. */
function redeem(workspace: Workspace, id: string): Redeemed {
  const trigger = workspace.triggers.get(id);
  if (!trigger) return { ok: false, answer: refuse('invalid_trigger_id') };
  if (trigger.used) return { ok: false, answer: refuse('exchanged_trigger_id') };
  if (workspace.now() - trigger.madeAt > TRIGGER_LIFE_MS)
    return { ok: false, answer: refuse('expired_trigger_id') };
  return { ok: true, trigger };
}

function externalIdTaken(workspace: Workspace, externalId: string | undefined): boolean {
  if (!externalId) return false;
  return [...workspace.views.values()].flat().some((open) => open.view.external_id === externalId);
}

function show(way: 'open' | 'push'): Method {
  return method([], z.strictObject({ trigger_id: z.string(), view: nested }), (args, workspace) => {
    const checked = checkView(args.view);
    if (!checked.ok) return refuseWithReasons(checked.error, checked.problems);
    const redeemed = redeem(workspace, args.trigger_id);
    if (!redeemed.ok) return redeemed.answer;
    const { trigger } = redeemed;
    const stack = viewsOf(workspace, trigger.user);
    // Only an action inside a modal has a stack to push on.
    const below = way === 'push' ? stack : [];
    if (way === 'push' && (trigger.viewId === null || stack.length === 0))
      return refuse('not_found');
    if (below.length >= MAX_STACK) return refuse('push_limit_reached');
    if (externalIdTaken(workspace, checked.view.external_id))
      return refuse('duplicate_external_id');
    trigger.used = true;
    const opened = openView(workspace, trigger.user, checked.view, below);
    return { ok: true, view: wireView(workspace, opened) };
  });
}

const update = method(
  [],
  z.strictObject({
    view_id: z.string().optional(),
    external_id: z.string().optional(),
    hash: z.string().optional(),
    view: nested,
  }),
  (args, workspace) => {
    const checked = checkView(args.view);
    if (!checked.ok) return refuseWithReasons(checked.error, checked.problems);
    const open =
      args.view_id !== undefined
        ? findView(workspace, args.view_id)
        : [...workspace.views.values()]
            .flat()
            .find(
              (one) => args.external_id !== undefined && one.view.external_id === args.external_id,
            );
    if (!open) return refuse('not_found');
    if (args.hash !== undefined && args.hash !== open.hash) return refuse('hash_conflict');
    replaceView(workspace, open, checked.view);
    return { ok: true, view: wireView(workspace, open) };
  },
);

/** Documented codes: `not_enabled`, `hash_conflict`, `view_too_large`, `invalid_arguments`. */
const publish = method(
  [],
  z.strictObject({ user_id: z.string(), hash: z.string().optional(), view: nested }),
  (args, workspace) => {
    if (!findPerson(workspace, args.user_id))
      return refuseWithReasons('invalid_arguments', ['invalid `user_id`']);
    if (!workspace.hasHomeTab) return refuse('not_enabled');
    const checked = checkHome(args.view);
    if (!checked.ok) return refuseWithReasons(checked.error, checked.problems);
    const { hash } = args;
    if (hash !== undefined && hash !== workspace.homes.get(args.user_id)?.hash)
      return refuse('hash_conflict');
    return {
      ok: true,
      view: wireHome(workspace, publishHome(workspace, args.user_id, checked.view)),
    };
  },
);

export const viewsMethods: Readonly<Record<string, Method>> = {
  'views.open': show('open'),
  'views.push': show('push'),
  'views.update': update,
  'views.publish': publish,
};
