import type { MalformedLead } from '../core/poll.ts';
import { count, type Finding, problem } from './finding.ts';

/** Leads named per field; the bot's log names all. */
const MAX_NAMED = 3;

/** Hot leads without a card because their row doesn't parse, counted by field. */
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
      `${more ? 'At least ' : ''}${count(malformed.length, 'hot lead')} set aside without a card because the row does not parse. Fix these rows, by developer_id: ${fields.join('; ')}.`,
    ),
  ];
}

/** For a row that the database itself can't read, only the SQLSTATE is known. */
const fieldOf = ({ field, problem: what }: MalformedLead['problems'][number]): string =>
  field === '(row)' ? `the whole row, ${what}` : field;

const some = (ids: readonly string[]): string =>
  `${ids.slice(0, MAX_NAMED).join(', ')}${ids.length > MAX_NAMED ? ', …' : ''}`;
