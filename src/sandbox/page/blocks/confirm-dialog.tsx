import type { ConfirmationDialog } from '@slack/types';
import { useId } from 'react';
import { Dialog } from '../dialog.tsx';
import { TextObject } from './text-object.tsx';

export function ConfirmDialog({
  dialog,
  onConfirm,
  onCancel,
}: {
  dialog: ConfirmationDialog;
  onConfirm: () => void;
  onCancel: () => void;
}) {
  const titleId = useId();
  return (
    <Dialog className="modal confirm" labelledBy={titleId} onEscape={onCancel}>
      <header className="modal-head">
        <h2 id={titleId}>{dialog.title?.text ?? 'Are you sure?'}</h2>
      </header>
      <div className="modal-body">
        <TextObject text={dialog.text} />
      </div>
      <footer className="modal-foot">
        <button type="button" className="button" onClick={onCancel}>
          {dialog.deny?.text ?? 'Cancel'}
        </button>
        <button
          type="button"
          className={`button ${dialog.style === 'danger' ? 'danger' : 'primary'}`}
          onClick={onConfirm}
        >
          {dialog.confirm?.text ?? 'Yes'}
        </button>
      </footer>
    </Dialog>
  );
}
