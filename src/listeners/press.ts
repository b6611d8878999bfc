import type { App } from '@slack/bolt';
import { noEntry } from '../../blocks/no-entry.ts';
import type { Drawing } from '../core/message.ts';
import { arrivalIn, pressedValue } from './arrival.ts';
import type { ListenerDeps } from './deps.ts';
import { writeDown } from './guard.ts';
import { type PrivateAnswer, recall } from './modal-memory.ts';

/** A button or menu that somebody pressed, with what a listener needs to know of it. */
export interface Press {
  user: string;
  /** The button's value or the chosen option's. It names something and proves nothing. */
  value: string;
  triggerId: string;
  /** Where the pressed element stands: a message of the channel, a private answer, a modal. */
  on: 'message' | 'private-answer' | 'modal';
  channel: string | null;
  viewId: string | null;
  /** The private answer in which the element stands, or from which its modal was opened. */
  answer: PrivateAnswer | null;
  /** Says something to this person alone. */
  tell(drawing: Drawing): Promise<void>;
  /** Says something to everyone in the channel, or to this person alone why not. */
  share(drawing: Drawing): Promise<void>;
}

const NOT_FROM_HERE: Drawing = { text: 'That can’t be shared from here.', blocks: [] };

export type PressListener = (press: Press) => Promise<void>;

/** Registers a listener for a button or menu, and hands on what is known. The guard has acknowledged it. */
export function onPress(
  app: App,
  actionId: string,
  deps: ListenerDeps,
  listener: PressListener,
): void {
  const { surface, publicity } = deps;
  app.action(actionId, async ({ body }) => {
    const arrival = arrivalIn(body);
    if (arrival === null || !('actions' in arrival)) return;
    const { user, trigger_id, container, view, response_url, actions } = arrival;
    const [action] = actions;
    const channel = container.channel_id ?? null;
    const press: Press = {
      user: user.id,
      value: pressedValue(action),
      triggerId: trigger_id,
      on: view ? 'modal' : container.is_ephemeral === true ? 'private-answer' : 'message',
      channel,
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
      async share(drawing) {
        const why = await publicity.barrier(channel);
        if (why !== null) {
          const refused = { channel, action: actionId, why, alertId: null };
          await press.tell(noEntry(why));
          return writeDown(deps, { user: user.id, team: user.team_id ?? null, ...refused });
        }
        if (response_url === undefined) await press.tell(NOT_FROM_HERE);
        else await surface.answer(response_url, drawing, 'channel');
      },
    };
    await listener(press);
  });
}
