import { useCallback, useState } from 'react';

/** Private answers dismissed in this tab. A reload forgets them, as in Slack's client. */
export function useDismissed(): { dismissed: ReadonlySet<string>; dismiss: (ts: string) => void } {
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const dismiss = useCallback(
    (ts: string) => setDismissed((before) => new Set(before).add(ts)),
    [],
  );
  return { dismissed, dismiss };
}
