import { formatDistanceStrict } from 'date-fns/formatDistanceStrict';

export interface Finding {
  /** A problem stops the bot from working; a note is worth knowing. */
  kind: 'ok' | 'problem' | 'note';
  /** One line, without secrets or lead data. */
  text: string;
}

export const ok = (text: string): Finding => ({ kind: 'ok', text });
export const problem = (text: string): Finding => ({ kind: 'problem', text });
export const note = (text: string): Finding => ({ kind: 'note', text });

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** `40 seconds`, `3 hours`, `2 days`. */
export const span = (seconds: number): string => formatDistanceStrict(0, seconds * 1_000);
