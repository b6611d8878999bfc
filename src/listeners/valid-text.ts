/** Without what Slack passes on but no text in PostgreSQL can hold: NUL, and halves of surrogate pairs. */
export function validText(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Cs}/gu, '');
}
