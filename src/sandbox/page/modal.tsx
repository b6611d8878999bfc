import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import type { PageView } from '../slack/protocol.ts';
import { Blocks } from './blocks/blocks.tsx';
import { findMistakes, knownBlocks, valuesOf } from './blocks/input-values.ts';
import { SurfaceContext } from './blocks/surface.ts';
import { Dialog } from './dialog.tsx';
import { send } from './send.ts';
import { useForm } from './use-form.ts';

interface Props {
  shown: PageView;
  me: string;
  /** Modals below stay mounted but hidden, to keep their input. */
  onTop: boolean;
}

export function Modal({ shown, me, onTop }: Props) {
  const { view, id } = shown;
  const blocks = knownBlocks(view.blocks);
  const titleId = useId();
  const body = useRef<HTMLDivElement>(null);
  const [mistakes, setMistakes] = useState<Readonly<Record<string, string>> | null>(null);
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);

  const errors = mistakes ?? shown.errors;
  const busy = sending || shown.busy;
  const { surface, values } = useForm(
    (blockId, actionId, option) =>
      send('press', {
        as: me,
        target: { in: 'view', viewId: id },
        blockId,
        actionId,
        ...(option === undefined ? {} : { option }),
      }),
    errors,
  );

  // A form may open without its inputs, until the app has what to fill in.
  const fillable = blocks.some(({ type }) => type === 'input');
  useEffect(() => {
    if (!fillable) return;
    const first = body.current?.querySelector<HTMLElement>('[data-focus], input, textarea, select');
    first?.focus();
  }, [fillable]);
  useEffect(() => {
    if (Object.keys(errors).length === 0) return;
    body.current?.querySelector<HTMLElement>('.invalid :is(input, textarea, select)')?.focus();
  }, [errors]);

  const close = async () => {
    const answer = await send('close', { as: me, viewId: id });
    if (!answer.ok) setFailure(answer.error);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const all = valuesOf(blocks, values);
    const found = findMistakes(blocks, all);
    if (Object.keys(found).length > 0) {
      setMistakes(found);
      return;
    }
    setMistakes(null);
    setFailure(null);
    setSending(true);
    const answer = await send('submit', { as: me, viewId: id, values: all });
    setSending(false);
    if (!answer.ok) setFailure(answer.error);
  };
  const submitLabel = view.type === 'modal' ? view.submit?.text : undefined;
  const closeLabel = (view.type === 'modal' && view.close?.text) || 'Close';
  const title = view.type === 'modal' ? view.title.text : '';

  return (
    <Dialog
      className={onTop ? 'modal' : 'modal under'}
      labelledBy={titleId}
      busy={busy}
      onEscape={() => void close()}
    >
      <form noValidate onSubmit={(event) => void submit(event)}>
        <header className="modal-head">
          <h2 id={titleId}>{title}</h2>
          <button
            type="button"
            className="close"
            aria-label="Close dialog"
            onClick={() => void close()}
          >
            ×
          </button>
        </header>
        <div className="modal-body" ref={body}>
          <SurfaceContext.Provider value={surface}>
            <Blocks blocks={blocks} />
          </SurfaceContext.Provider>
        </div>
        <footer className="modal-foot">
          {failure && (
            <span className="press-error" role="alert">
              {failure}
            </span>
          )}
          <button type="button" className="button" onClick={() => void close()}>
            {closeLabel}
          </button>
          {submitLabel && (
            <button
              type="submit"
              className={`button primary ${busy ? 'busy' : ''}`}
              aria-busy={busy}
              disabled={busy}
            >
              {submitLabel}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}
