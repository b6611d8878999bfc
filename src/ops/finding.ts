export interface Finding {
  /** A problem keeps the bot from its work; a note is worth knowing. */
  kind: 'ok' | 'problem' | 'note';
  /** One line, without secrets and without anything about leads. */
  text: string;
}

export const ok = (text: string): Finding => ({ kind: 'ok', text });
export const problem = (text: string): Finding => ({ kind: 'problem', text });
export const note = (text: string): Finding => ({ kind: 'note', text });
