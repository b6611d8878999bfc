import { ConfirmDialog } from './confirm-dialog.tsx';
import type { Press } from './use-press.ts';

/** The confirmation an element asks for, and the refusal it got. */
export function PressOutcome({ press }: { press: Press }) {
  return (
    <>
      {press.asking && (
        <ConfirmDialog dialog={press.asking} onConfirm={press.confirm} onCancel={press.cancel} />
      )}
      {press.error && (
        <span className="press-error" role="alert">
          {press.error}
        </span>
      )}
    </>
  );
}
