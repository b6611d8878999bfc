import type { MalformedLead } from '../core/poll.ts';
import { count, type Finding, problem } from './finding.ts';

/** Per field. The bot's log names every lead. */
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
    .map(([field, ids]) => `${field} (${ids.length}: ${sample(ids)})`);
  return [
    problem(
      `${more ? 'At least ' : ''}${count(malformed.length, 'hot lead')} set aside without a card because the row does not parse. Fix these rows, by developer_id: ${fields.join('; ')}.`,
    ),
  ];
}

/** If the database itself can't read a row, only the SQLSTATE is known. */
const fieldOf = ({ field, problem: what }: MalformedLead['problems'][number]): string =>
  field === '(row)' ? `the whole row, ${what}` : field;

const sample = (ids: readonly string[]): string =>
  `${ids.slice(0, MAX_NAMED).join(', ')}${ids.length > MAX_NAMED ? ', …' : ''}`;
