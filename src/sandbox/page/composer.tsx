import { type KeyboardEvent, useId, useRef, useState } from 'react';
import type { PageState } from '../slack/protocol.ts';
import { suggest, usageOf } from './commands.ts';
import { send } from './send.ts';

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

  const suggestions = suggest(text, commands);
  const usage = usageOf(text, commands);
  const active = suggestions[Math.min(picked, suggestions.length - 1)];

  const change = (next: string) => {
    setText(next);
    setPicked(0);
    setError(null);
  };
  const complete = (command: string) => change(`${command} `);

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
    if (open && active && (key === 'Tab' || (key === 'Enter' && text !== active.command))) {
      event.preventDefault();
      complete(active.command);
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
        <div className="suggestions" role="listbox" id={listId} aria-label="Commands">
          {suggestions.map((one) => (
            <button
              type="button"
              role="option"
              tabIndex={-1}
              aria-selected={one === active}
              key={`${one.command} ${one.usageHint}`}
              onMouseDown={(event) => {
                event.preventDefault();
                complete(one.command);
              }}
            >
              <b>{one.command}</b> <span className="usage">{one.usageHint}</span>
              <span className="usage-more">{one.description}</span>
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
