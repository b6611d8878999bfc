/**
 * The protocol between the local Slack and its page.
 *
 * `GET /page/events?as=<user id>` sends server-sent events, each a whole `PageState` as that user sees it.
 * `POST /page/<verb>` takes a JSON body, one verb per key of `PageRequest` below, and returns `{ ok: true }`
 * or `{ ok: false, error }`. The error is the sentence Slack's own client would show.
 */
import type { AnyBlock, View } from '@slack/types';

export interface Person {
  id: string;
  name: string;
  realName: string;
  title: string;
  /** Set for a user from another organization in a shared channel. */
  external?: boolean;
  deactivated?: boolean;
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
  /** User id, also of the bot. */
  user: string;
  text: string;
  blocks: readonly AnyBlock[];
  edited: boolean;
  /** Visible to one user only. */
  ephemeral: boolean;
  threadTs: string | null;
  /** Oldest first; only on top-level messages. */
  replies: readonly PageMessage[];
}

export interface PageView {
  id: string;
  view: View;
  /** Errors of the last submission, by block id. */
  errors: Readonly<Record<string, string>>;
  /** True while a submission waits for its response. */
  busy: boolean;
}

/** The app's Home tab as its user sees it. */
export interface PageHome {
  /** `null` while nothing is published for this user. */
  blocks: readonly AnyBlock[] | null;
}

/** A message shortcut is in a message's menu, a global one wherever the user writes. */
export interface PageShortcut {
  callbackId: string;
  kind: 'global' | 'message';
  name: string;
  description: string;
}

/** A button of the demo's panel. It changes the data the way the scoring pipeline would, or lets time pass. */
export interface PanelAction {
  id: string;
  label: string;
  hint: string;
}

/** A step of the demo's guided list. */
export interface GuideStep {
  id: string;
  what: string;
  /** What to do and where, in a sentence. */
  how: string;
  /** Whether it has really happened, whoever did it. */
  done: boolean;
}

/** What else a newcomer to the demo may try. */
export interface Tip {
  what: string;
  how: string;
}

export interface PageState {
  me: Person;
  bot: { id: string; name: string; connected: boolean };
  people: readonly Person[];
  channels: readonly PageChannel[];
  userGroups: readonly { id: string; handle: string }[];
  /** By channel id, oldest first. */
  messages: Readonly<Record<string, readonly PageMessage[]>>;
  /** The user's modal stack, top last. */
  views: readonly PageView[];
  /** `null` if the app has no Home tab. */
  home: PageHome | null;
  panel: readonly PanelAction[];
  guide: readonly GuideStep[];
  tips: readonly Tip[];
  commands: readonly { command: string; usageHint: string; description: string }[];
  shortcuts: readonly PageShortcut[];
}

/** The surface that holds the pressed element. */
export type PressTarget =
  | { in: 'message'; channel: string; ts: string }
  | { in: 'view'; viewId: string }
  | { in: 'home' };

/** In the shape of Slack's `view.state.values`: block id, action id, state of the element. */
export type InputValues = Record<string, Record<string, Record<string, unknown>>>;

export type HomeTab = 'home' | 'messages';

export interface PageRequest {
  /** A slash command if `text` starts with one, otherwise a message. */
  say: { as: string; channel: string; text: string; threadTs?: string };
  press: {
    as: string;
    target: PressTarget;
    blockId: string;
    actionId: string;
    /** The value of the chosen option, for menus. */
    option?: string;
  };
  submit: { as: string; viewId: string; values: InputValues };
  close: { as: string; viewId: string };
  /** The user opens the Home tab (default), or the messages tab of the app. */
  openHome: { as: string; tab?: HomeTab };
  /** Uses a shortcut; `on` is the message of a message shortcut. */
  shortcut: { as: string; callbackId: string; on?: { channel: string; ts: string } };
  panel: { id: string };
}
