import type { App } from '@slack/bolt';
import { z } from 'zod';
import { noEntry } from '../../blocks/no-entry.ts';
import type { Drawing } from '../core/message.ts';
import type { ListenerDeps } from './deps.ts';
import { writeDown } from './guard.ts';
import { type PrivateAnswer, recall } from './modal-memory.ts';
import { storable } from './storable.ts';

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

const payload = z.object({
  user: z.object({ id: z.string(), team_id: z.string().nullish() }),
  trigger_id: z.string(),
  container: z.object({
    type: z.string(),
    channel_id: z.string().optional(),
    is_ephemeral: z.boolean().optional(),
  }),
  view: z.object({ id: z.string(), private_metadata: z.string().default('') }).optional(),
  response_url: z.string().optional(),
  actions: z
    .array(
      z.object({
        block_id: z.string().default(''),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string() }).nullish(),
      }),
    )
    .min(1),
});

export type PressListener = (press: Press) => Promise<void>;

/** Registers a listener for a button or menu, and hands on what is known. The guard has acknowledged it. */
export function onPress(
  app: App,
  actionId: string,
  deps: ListenerDeps,
  listener: PressListener,
): void {
  const { surface, publicity } = deps;
  app.action(actionId, async ({ body, respond }) => {
    const { user, trigger_id, container, view, response_url, actions } = payload.parse(body);
    const [action] = actions;
    const channel = container.channel_id ?? null;
    const press: Press = {
      user: user.id,
      value: storable(action?.selected_option?.value ?? action?.value ?? ''),
      triggerId: trigger_id,
      on:
        view !== undefined
          ? 'modal'
          : container.is_ephemeral === true
            ? 'private-answer'
            : 'message',
      channel,
      viewId: view?.id ?? null,
      answer:
        view !== undefined
          ? (recall(view.private_metadata)?.answer ?? null)
          : container.is_ephemeral === true && response_url !== undefined
            ? { url: response_url, blockId: action?.block_id ?? '' }
            : null,
      async tell({ text, blocks }) {
        if (response_url === undefined) return surface.tell(user.id, channel, { text, blocks });
        await respond({
          response_type: 'ephemeral',
          replace_original: false,
          text,
          blocks: [...blocks],
        });
      },
      async share({ text, blocks }) {
        const why = await publicity.barrier(channel);
        if (why !== null) {
          const refused = { channel, action: actionId, why, alertId: null };
          await press.tell(noEntry(why));
          return writeDown(deps, { user: user.id, team: user.team_id ?? null, ...refused });
        }
        await respond({
          response_type: 'in_channel',
          replace_original: false,
          text,
          blocks: [...blocks],
        });
      },
    };
    await listener(press);
  });
}
