import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { PageState } from '../slack/protocol.ts';
import { completeMention, suggest, usageOf } from './commands.ts';
import { useDirectory } from './directory.ts';
import { MenuButton } from './menu-button.tsx';
import { send } from './send.ts';

interface Suggestion {
  name: string;
  usage: string;
  more: string;
  /** The composer's text once it is taken. */
  text: string;
}

interface Props {
  /** Accessible name and placeholder. */
  label: string;
  channel: string;
  me: string;
  threadTs?: string;
  commands: PageState['commands'];
  onSend: () => void;
}

export function Composer({ label, channel, me, threadTs, commands, onSend }: Props) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [picked, setPicked] = useState(0);
  const history = useRef<string[]>([]);
  const [recalled, setRecalled] = useState(0);
  const listId = useId();

  const { bot, shortcuts } = useDirectory() ?? {};
  const mentioning = bot ? completeMention(text, bot.name) : null;
  const suggestions: Suggestion[] = suggest(text, commands).map((one) => ({
    name: one.command,
    usage: one.usageHint,
    more: one.description,
    text: `${one.command} `,
  }));
  if (bot && mentioning !== null)
    suggestions.push({ name: `@${bot.name}`, usage: '', more: 'App', text: mentioning });
  const everywhere = (shortcuts ?? []).filter(({ kind }) => kind === 'global');
  const usage = usageOf(text, commands);
  const active = suggestions[Math.min(picked, suggestions.length - 1)];

  const change = (next: string) => {
    setText(next);
    setPicked(0);
    setError(null);
  };

  const take = async (callbackId: string) => {
    setError(null);
    const answer = await send('shortcut', { as: me, callbackId });
    if (!answer.ok) setError(answer.error);
  };

  const say = async () => {
    const line = text.trim();
    if (line === '' || sending) return;
    history.current.push(line);
    setRecalled(0);
    setSending(true);
    setError(null);
    onSend();
    const answer = await send('say', {
      as: me,
      channel,
      text: line,
      ...(threadTs === undefined ? {} : { threadTs }),
    });
    setSending(false);
    if (answer.ok) setText('');
    else setError(answer.error);
  };

  const recall = (step: number) => {
    const next = Math.max(0, Math.min(history.current.length, recalled + step));
    setRecalled(next);
    setText(next === 0 ? '' : (history.current.at(-next) ?? ''));
  };

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    const { key } = event;
    const open = suggestions.length > 0;
    const recalling = text === '' || recalled > 0;
    if (open && active && (key === 'Tab' || (key === 'Enter' && text !== active.text.trimEnd()))) {
      event.preventDefault();
      change(active.text);
    } else if (key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void say();
    } else if (open && suggestions.length > 1 && (key === 'ArrowDown' || key === 'ArrowUp')) {
      event.preventDefault();
      const step = key === 'ArrowDown' ? 1 : -1;
      setPicked((picked + step + suggestions.length) % suggestions.length);
    } else if (recalling && (key === 'ArrowUp' || (key === 'ArrowDown' && recalled > 0))) {
      event.preventDefault();
      recall(key === 'ArrowUp' ? 1 : -1);
    } else if (key === 'Escape' && error) {
      setError(null);
    }
  };

  return (
    <div className="composer">
      {error && (
        <div className="composer-error" role="alert">
          {error}
        </div>
      )}
      {suggestions.length > 0 && (
        <div className="suggestions" role="listbox" id={listId} aria-label="Suggestions">
          {suggestions.map((one) => (
            <button
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={one === active}
              key={`${one.name} ${one.usage}`}
              onMouseDown={(event) => {
                event.preventDefault();
                change(one.text);
              }}
            >
              <b>{one.name}</b> <span className="usage">{one.usage}</span>
              <span className="usage-more">{one.more}</span>
            </button>
          ))}
        </div>
      )}
      {usage && suggestions.length === 0 && (
        <div className="usage-line">
          <b>{usage.command}</b> {usage.usageHint}
          <span> · Press Enter to send</span>
        </div>
      )}
      <div className={`composer-box ${sending ? 'busy' : ''}`}>
        {everywhere.length > 0 && (
          <MenuButton
            label="Shortcuts"
            icon={<ShortcutIcon />}
            className="shortcuts"
            items={everywhere.map(({ callbackId, name, description }) => ({
              key: callbackId,
              text: name,
              more: description,
              run: () => void take(callbackId),
            }))}
          />
        )}
        <textarea
          aria-label={label}
          placeholder={`${label}${threadTs === undefined ? ' – try /' : ''}`}
          aria-controls={suggestions.length > 0 ? listId : undefined}
          aria-invalid={error !== null}
          rows={Math.min(6, text.split('\n').length)}
          value={text}
          onChange={(event) => {
            setRecalled(0);
            change(event.target.value);
          }}
          onKeyDown={onKeyDown}
        />
        <button
          type="button"
          className="send"
          aria-label="Send"
          disabled={text.trim() === '' || sending}
          onClick={() => void say()}
        >
          <svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true" fill="currentColor">
            <path d="M2.5 3.2 18 10 2.5 16.8l1.6-5.6L11 10 4.1 8.8z" />
          </svg>
        </button>
      </div>
    </div>
  );
}

function ShortcutIcon() {
  return (
    <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="currentColor">
      <path d="M11.5 1.8 4 11.4h4.8l-1 6.8L15.9 8.2h-5z" />
    </svg>
  );
}
