import { useCallback, useState } from 'react';

/** Private answers that this tab has put away; Slack's client forgets them on a reload as well. */
export function useDismissed(): { dismissed: ReadonlySet<string>; dismiss: (ts: string) => void } {
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const dismiss = useCallback(
    (ts: string) => setDismissed((before) => new Set(before).add(ts)),
    [],
  );
  return { dismissed, dismiss };
}
