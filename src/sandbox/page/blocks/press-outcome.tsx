import { ConfirmDialog } from './confirm-dialog.tsx';
import type { Press } from './use-press.ts';

/** The element's confirmation dialog, and the error of the last press. */
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
