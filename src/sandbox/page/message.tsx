import { memo, useState } from 'react';
import type { PageMessage } from '../slack/protocol.ts';
import { Avatar } from './avatar.tsx';
import { Blocks } from './blocks/blocks.tsx';
import { parseMrkdwn, plainOf } from './blocks/mrkdwn.ts';
import { SurfaceContext } from './blocks/surface.ts';
import { TextObject } from './blocks/text-object.tsx';
import { authorOf, nameOf, useDirectory } from './directory.ts';
import { MenuButton, MoreIcon } from './menu-button.tsx';
import { MessageTime } from './message-time.tsx';
import { send } from './send.ts';
import { useForm } from './use-form.ts';

interface Props {
  message: PageMessage;
  channel: string;
  me: string;
  /** Missing inside a thread. */
  onOpenThread?: (ts: string) => void;
  onDismiss?: (ts: string) => void;
}

export const Message = memo(function Message(props: Props) {
  const { message, channel, me, onOpenThread, onDismiss } = props;
  const directory = useDirectory();
  const author = authorOf(directory, message.user);
  const { surface } = useForm((blockId, actionId, option) =>
    send('press', {
      as: me,
      target: { in: 'message', channel, ts: message.ts },
      blockId,
      actionId,
      ...(option === undefined ? {} : { option }),
    }),
  );
  const spoken = plainOf(parseMrkdwn(message.text), (id) => nameOf(directory, id));
  const count = message.replies.length;
  const shortcuts = (directory?.shortcuts ?? []).filter(({ kind }) => kind === 'message');
  const [error, setError] = useState<string | null>(null);
  const take = async (callbackId: string) => {
    setError(null);
    const on = { channel, ts: message.ts };
    const answer = await send('shortcut', { as: me, callbackId, on });
    if (!answer.ok) setError(answer.error);
  };

  return (
    <article
      className={`message ${message.ephemeral ? 'ephemeral' : ''}`}
      aria-label={`${author.name}: ${spoken}`}
      data-ts={message.ts}
    >
      <Avatar author={author} />
      <div className="message-main">
        {message.ephemeral && (
          <div className="only-you">
            <svg viewBox="0 0 20 20" width="14" height="14" aria-hidden="true" fill="currentColor">
              <path d="M10 4C5 4 2 10 2 10s3 6 8 6 8-6 8-6-3-6-8-6zm0 9.5a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7z" />
            </svg>
            Only visible to you
          </div>
        )}
        <div className="message-head">
          <span className="author">{author.name}</span>
          {author.isBot && <span className="badge">APP</span>}
          {author.external && <span className="badge external">External</span>}
          <MessageTime ts={message.ts} />
        </div>
        <SurfaceContext.Provider value={surface}>
          {message.blocks.length > 0 ? (
            <Blocks blocks={message.blocks} />
          ) : (
            <TextObject text={{ type: 'mrkdwn', text: message.text }} />
          )}
        </SurfaceContext.Provider>
        {message.edited && <span className="edited">(edited)</span>}
        <div className="message-foot">
          {onOpenThread && count > 0 && (
            <button type="button" className="replies" onClick={() => onOpenThread(message.ts)}>
              <Avatar author={authorOf(directory, message.replies.at(-1)?.user ?? '')} size={20} />
              {count === 1 ? '1 reply' : `${count} replies`}
            </button>
          )}
          {message.ephemeral && onDismiss && (
            <button type="button" className="dismiss" onClick={() => onDismiss(message.ts)}>
              Dismiss message
            </button>
          )}
        </div>
        {error !== null && (
          <span className="press-error" role="alert">
            {error}
          </span>
        )}
      </div>
      {!message.ephemeral && (
        <div className="message-tools">
          {onOpenThread && count === 0 && (
            <button type="button" className="tool" onClick={() => onOpenThread(message.ts)}>
              Reply in thread
            </button>
          )}
          {shortcuts.length > 0 && (
            <MenuButton
              label="More message shortcuts"
              icon={<MoreIcon />}
              className="tool"
              items={shortcuts.map(({ callbackId, name, description }) => ({
                key: callbackId,
                text: name,
                more: description,
                run: () => void take(callbackId),
              }))}
            />
          )}
        </div>
      )}
    </article>
  );
});
