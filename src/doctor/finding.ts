export interface Finding {
  /** A problem keeps the bot from its work; a note is worth knowing. */
  kind: 'ok' | 'problem' | 'note';
  /** One line, without secrets and without anything about leads. */
  text: string;
}

export const ok = (text: string): Finding => ({ kind: 'ok', text });
export const problem = (text: string): Finding => ({ kind: 'problem', text });
export const note = (text: string): Finding => ({ kind: 'note', text });

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

export function span(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
