import type { ConfirmationDialog } from '@slack/types';
import { useCallback, useState } from 'react';
import { useSurface } from './surface.ts';

export interface Press {
  busy: boolean;
  /** The sentence of the last refusal, or null. */
  error: string | null;
  /** Set while a confirmation is asked for. */
  asking: ConfirmationDialog | null;
  /** Reports at once, or asks first where the element has a `confirm`. */
  press(option?: string): void;
  confirm(): void;
  cancel(): void;
}

/** What all elements that report share: confirm, busy until answered, the refusal. */
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
