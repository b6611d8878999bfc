import type { ListFilter } from '../src/core/list-filter.ts';
import type { ListPage } from '../src/core/lookup.ts';
import type { Drawing } from '../src/core/message.ts';
import { message, section } from './parts.ts';
import { safe } from './text.ts';

const FORMS = [
  '`/lead hot fintech`: by industry, kind of company, funding stage, stack, plan or feature',
  '`/lead hot &gt;500`, `/lead hot 51-200`: by employees',
  '`/lead mine late`: those whose time is up',
  '`/lead hot fintech series b &gt;100`: all of them together',
]
  .map((form) => `• ${form}`)
  .join('\n');

/** A hint for a filter that can't be read. */
export function filterUnreadable(list: 'hot' | 'mine', part: string): Drawing {
  const text = `I can’t read “${safe(part, 60)}” after \`/lead ${list}\`.`;
  return message(text, [section(`${text} Try one of these:\n${FORMS}`)]);
}

/** Instead of an empty list. */
export function nothingFits(
  kind: ListPage['kind'],
  filter: ListFilter,
  hasDeadlines: boolean,
): Drawing {
  const list = kind === 'mine' ? 'mine' : 'hot';
  const text = `${list === 'mine' ? 'None of your leads fits' : 'No hot lead fits'} “${safe(filter.text, 100)}”.`;
  return message(text, [
    section(
      [
        text,
        ...lookedFor(filter, hasDeadlines).map((line) => `• ${line}`),
        `Try something else, or \`/lead ${list}\` for all.${filter.terms.length === 0 ? '' : ` To look up a company by its name: \`/lead company ${safe(filter.text, 60)}\`.`}`,
      ].join('\n'),
    ),
  ]);
}

function lookedFor({ terms, least, most, late }: ListFilter, hasDeadlines: boolean): string[] {
  return [
    ...terms.map(({ words, plan, feature }) => {
      const places = [
        'industry, kind of company, funding stage and stack',
        plan === null ? null : 'plan',
        feature === null ? null : 'features in use',
      ].filter((place) => place !== null);
      return `${words.map((word) => `“${safe(word, 60)}”`).join(' or ')} in ${places.join(', and ')}`;
    }),
    ...(least === null && most === null
      ? []
      : [
          most === null
            ? `at least ${count(least)} employees`
            : least === null
              ? `at most ${count(most)} employees`
              : `${count(least)} to ${count(most)} employees`,
        ]),
    ...(late
      ? [
          hasDeadlines
            ? 'late: the time to claim, contact or follow up is over'
            : 'late: no deadlines are set, so none is',
        ]
      : []),
  ];
}

const count = (n: number | null): string => (n ?? 0).toLocaleString('en-US');
