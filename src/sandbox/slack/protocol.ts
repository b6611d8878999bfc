/**
 * What the local Slack tells its page and what the page asks of it.
 *
 * The page listens on `GET /page/events?as=<user id>` (server-sent events): every event is one whole
 * `PageState` as that person sees it. It acts through `POST /page/<verb>` with a JSON body, one verb
 * per `PageRequest` below; the answer is `{ ok: true }` or `{ ok: false, error }`, the error being the
 * sentence that Slack's own client would show.
 */
import type { KnownBlock, View } from '@slack/types';

export interface Person {
  id: string;
  name: string;
  realName: string;
  title: string;
  /** Set for someone from another organisation in a shared channel. */
  external?: boolean;
}

export interface PageChannel {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'dm';
  topic: string;
  /** Whether the bot is a member. */
  botIn: boolean;
}

export interface PageMessage {
  ts: string;
  /** `U…` of a person, or the bot's user id. */
  user: string;
  text: string;
  blocks: readonly KnownBlock[];
  edited: boolean;
  /** Seen by one person only. */
  ephemeral: boolean;
  threadTs: string | null;
  /** Replies in this message's thread, oldest first; only on top-level messages. */
  replies: readonly PageMessage[];
}

export interface PageView {
  id: string;
  view: View;
  /** Messages by block id, from the last submission's `errors`. */
  errors: Readonly<Record<string, string>>;
  /** True between a submission and its answer. */
  busy: boolean;
}

/** One button of the demo's panel, which changes the data as the scoring pipeline would. */
export interface PanelAction {
  id: string;
  label: string;
  hint: string;
}

export interface PageState {
  me: Person;
  bot: { id: string; name: string; connected: boolean };
  people: readonly Person[];
  channels: readonly PageChannel[];
  /** By channel id, oldest first. */
  messages: Readonly<Record<string, readonly PageMessage[]>>;
  /** The modal stack of this person; the last one is on top. */
  views: readonly PageView[];
  panel: readonly PanelAction[];
  commands: readonly { command: string; usageHint: string; description: string }[];
}

/** Where a pressed element stands. */
export type PressTarget =
  | { in: 'message'; channel: string; ts: string }
  | { in: 'view'; viewId: string };

/** What a person entered, as Slack's `view.state.values`: block id, action id, state of the element. */
export type InputValues = Record<string, Record<string, Record<string, unknown>>>;

export interface PageRequest {
  /** A slash command, or an ordinary message when `text` does not begin with one. */
  say: { as: string; channel: string; text: string; threadTs?: string };
  press: {
    as: string;
    target: PressTarget;
    blockId: string;
    actionId: string;
    /** For menus: the value of the chosen option. */
    option?: string;
  };
  submit: { as: string; viewId: string; values: InputValues };
  close: { as: string; viewId: string };
  panel: { id: string };
}
