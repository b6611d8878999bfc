import type { App } from '@slack/bolt';
import type { Drawing } from '../core/message.ts';
import { type AccessGrant, grantIn } from './access-grant.ts';
import type { ListenerDeps } from './deps.ts';
import { arrivalIn, pressedValue } from './gesture.ts';
import { type PrivateAnswer, recall } from './modal-metadata.ts';

/** A button or menu that somebody pressed, with what a listener needs to know of it. */
export interface Press {
  user: string;
  /** Of the person, as the gesture says. */
  team: string | null;
  action: string;
  /** How far they may see. */
  grant: AccessGrant;
  /** The button's value or the chosen option's. It names something and proves nothing. */
  value: string;
  triggerId: string;
  /** Where the pressed element stands: a message of the channel, a private answer, a modal. */
  on: 'message' | 'private-answer' | 'modal';
  channel: string | null;
  /** In a direct message, of two or of several. */
  isDirect: boolean;
  viewId: string | null;
  /** The private answer in which the element stands, or from which its modal was opened. */
  answer: PrivateAnswer | null;
  /** Says something to this person alone. */
  tell(drawing: Drawing): Promise<void>;
}

export type PressListener = (press: Press) => Promise<void>;

/** Registers a listener for a button or menu, and hands on what is known. The guard has acknowledged it. */
export function onPress(
  app: App,
  actionId: string,
  deps: ListenerDeps,
  listener: PressListener,
): void {
  const { surface } = deps;
  app.action(actionId, async ({ body, context }) => {
    const arrival = arrivalIn(body);
    if (arrival === null || !('actions' in arrival)) return;
    const { user, trigger_id, container, view, response_url, actions } = arrival;
    const [action] = actions;
    const channel = container.channel_id ?? null;
    const press: Press = {
      user: user.id,
      team: user.team_id ?? null,
      action: actionId,
      grant: grantIn(context),
      value: pressedValue(action),
      triggerId: trigger_id,
      on: view ? 'modal' : container.is_ephemeral === true ? 'private-answer' : 'message',
      channel,
      isDirect:
        channel?.startsWith('D') === true || arrival.channel?.name.startsWith('mpdm-') === true,
      viewId: view?.id ?? null,
      answer: view
        ? (recall(view.private_metadata)?.answer ?? null)
        : container.is_ephemeral === true && response_url !== undefined
          ? { url: response_url, blockId: action.block_id }
          : null,
      async tell(drawing) {
        if (response_url === undefined) await surface.tell(user.id, channel, drawing);
        else await surface.answer(response_url, drawing, 'person');
      },
    };
    await listener(press);
  });
}
