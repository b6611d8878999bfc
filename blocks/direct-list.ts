import type { DirectList, Drawing } from '../src/core/message.ts';
import { alertRow } from './alert-row.ts';
import { message, section } from './parts.ts';

/** A direct message that lists alerts. */
export function directList({ rows, to }: DirectList): Drawing {
  const text = `${rows.length} leads`;
  return message(text, [
    section(text),
    ...rows.flatMap((row) => alertRow(row.picture, to, row.picture.alert.id)),
  ]);
}
