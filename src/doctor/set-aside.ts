import type { MalformedLead } from '../core/poll.ts';
import { count, type Finding, problem } from './finding.ts';

/** As many are named; the log of the bot has all. */
const MAX_NAMED = 3;

/** Which hot leads get no card because of what is in their rows: how many for which field, and where to look. */
export function explainSetAside(malformed: readonly MalformedLead[], more: boolean): Finding[] {
  if (malformed.length === 0) return [];
  const byField = new Map<string, string[]>();
  for (const { developerId, problems } of malformed) {
    for (const field of new Set(problems.map(fieldOf))) {
      byField.set(field, [...(byField.get(field) ?? []), developerId]);
    }
  }
  const fields = [...byField]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([field, ids]) => `${field} (${ids.length}: ${some(ids)})`);
  return [
    problem(
      `${more ? 'At least ' : ''}${count(malformed.length, 'hot lead')} set aside, without a card, because of what is in the row. Mend there, by developer_id: ${fields.join('; ')}.`,
    ),
  ];
}

/** Of a row that the database itself can't read, the SQLSTATE is all that is known. */
const fieldOf = ({ field, problem: what }: MalformedLead['problems'][number]): string =>
  field === '(row)' ? `the whole row, ${what}` : field;

const some = (ids: readonly string[]): string =>
  `${ids.slice(0, MAX_NAMED).join(', ')}${ids.length > MAX_NAMED ? ', …' : ''}`;
