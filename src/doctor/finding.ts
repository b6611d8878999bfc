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

/** `90 seconds`, `90 minutes`, `30 hours`, `60 days`: below two of a unit, the smaller one tells more. */
export function span(seconds: number): string {
  const unit =
    seconds < 120 ? 'second' : seconds < 7_200 ? 'minute' : seconds < 172_800 ? 'hour' : 'day';
  return formatDistanceStrict(0, seconds * 1_000, { unit });
}
