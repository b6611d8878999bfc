import type { ConfirmationDialog } from '@slack/types';
import { useCallback, useState } from 'react';
import { useSurface } from './surface.ts';

export interface Press {
  busy: boolean;
  /** Error of the last press, or null. */
  error: string | null;
  /** Set while the confirmation dialog is open. */
  asking: ConfirmationDialog | null;
  /** Reports the press right away, or opens the confirmation dialog first. */
  press(option?: string): void;
  confirm(): void;
  cancel(): void;
}

/** Shared by all interactive elements: confirmation, busy state and error. */
export function usePress(
  blockId: string,
  actionId: string,
  confirmation: ConfirmationDialog | undefined,
): Press {
  const surface = useSurface();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [waiting, setWaiting] = useState<{ option: string | undefined } | null>(null);

  const report = useCallback(
    async (option: string | undefined) => {
      setWaiting(null);
      setBusy(true);
      setError(null);
      const answer = await (option === undefined
        ? surface.press(blockId, actionId)
        : surface.press(blockId, actionId, option));
      setBusy(false);
      if (!answer.ok) setError(answer.error);
    },
    [surface, blockId, actionId],
  );

  return {
    busy,
    error,
    asking: waiting && confirmation ? confirmation : null,
    press: (option) => {
      if (busy) return;
      if (confirmation) setWaiting({ option });
      else void report(option);
    },
    confirm: () => void report(waiting?.option),
    cancel: () => setWaiting(null),
  };
}
