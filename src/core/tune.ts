import type { OutcomeKind } from './alert.ts';
import type { ScoreComponents } from './lead.ts';
import { WEIGHTS } from './score.ts';

/** When a lead is hot. */
export interface Formula {
  /** In points, more than 0 and at most 100. */
  threshold: number;
  /** In percent, 100 in all. */
  weights: ScoreComponents;
}

/** What to change about a formula. */
export interface Tuning {
  /** Null: as today. */
  threshold: number | null;
  /** In percent, 0 to 100 each. Those not named stay. */
  weights: Readonly<Partial<ScoreComponents>>;
}

/**
 * - replayed · `tuned`: what was replayed; null if the formula is not known
 * - sum: the weights don't add up to 100
 * - unknown-weights: the columns of lead_scores have a formula of their own, so other weights can't be replayed
 */
export type ReplayAnswer =
  | { kind: 'replayed'; today: Formula | null; tuned: Formula | null; replay: Replay }
  | { kind: 'sum'; today: Formula; weights: ScoreComponents }
  | { kind: 'unknown-weights' };

/** What a tuning would have made of the history that is kept. Counts of alerts. */
export interface Replay {
  from: Date;
  to: Date;
  /** Since when pictures are kept in a form that can be replayed; null without any. */
  picturesFrom: Date | null;
  /** What there was. */
  now: { alerts: number; contacted: number; won: number; notAFit: number };
  /** Of those, the ones that would have come too, with those of which that isn't known. */
  kept: number;
  unknown: number;
  /** What was hot already when the bot started. */
  atStart: number;
  /** Contacted ones that would not have come. `examples`: the best ones, at most 5. Escape the names. */
  missed: {
    contacted: number;
    won: number;
    examples: readonly { name: string; domain: string | null; outcome: OutcomeKind | null }[];
  };
  /** Not-a-fits that would not have come. */
  avoided: number;
  /** Alerts that would have come in addition. `share` of the companies were read for it; below 1 it is an estimate. */
  added: { alerts: number; share: number };
}

export type TuningRead = { kind: 'tuning'; tuning: Tuning } | { kind: 'unreadable'; part: string };

const NUMBER = String.raw`(\d{1,3}(?:\.\d{1,2})?)`;
const NAMED = new RegExp(
  String.raw`\b(${WEIGHTS.map(({ key }) => key).join('|')})\b\s*[=: ]?\s*${NUMBER}(?![\d.])\s*%?`,
  'gi',
);
const THRESHOLD = new RegExp(
  `^(?:(?:score|threshold|hot|from|at)\\b)?[=:>≥ ]*${NUMBER}(?: *points?)?$`,
  'i',
);

/** Reads `85`, `usage=35 company=20`, or both. Without words: today's formula. */
export function readTuning(words: string): TuningRead {
  const weights: Partial<ScoreComponents> = {};
  const rest = words
    .slice(0, 200)
    .replace(NAMED, (_, name: string, percent: string) => {
      const named = WEIGHTS.find(({ key }) => key === name.toLowerCase());
      if (named !== undefined) weights[named.key] = Number(percent);
      return ' ';
    })
    .replace(/[\s,;]+/g, ' ')
    .trim();
  const tooMuch = Object.entries(weights).find(([, percent]) => percent > 100);
  if (tooMuch !== undefined) return { kind: 'unreadable', part: tooMuch.join('=') };
  if (rest === '') return { kind: 'tuning', tuning: { threshold: null, weights } };
  const threshold = Number(THRESHOLD.exec(rest)?.[1] ?? Number.NaN);
  return threshold > 0 && threshold <= 100
    ? { kind: 'tuning', tuning: { threshold, weights } }
    : { kind: 'unreadable', part: rest };
}

export const isTuned = ({ threshold, weights }: Tuning): boolean =>
  threshold !== null || Object.keys(weights).length > 0;

export const isSameFormula = (one: Formula, other: Formula): boolean =>
  one.threshold === other.threshold &&
  WEIGHTS.every(({ key }) => one.weights[key] === other.weights[key]);

/**
 * SQL that gives `lead_scores` this formula, in one transaction. The columns can't be changed in place while the view
 * and an index read them: the view, with its rights and options, stands empty meanwhile. It fails, and changes nothing, if
 * anything else reads them.
 */
export function tuningSql({ threshold, weights }: Formula): string {
  const factor = (percent: number) => (percent / 100).toFixed(4).replace(/00$/, '');
  const order = ['company', 'usage', 'expansion', 'champion', 'timing'] as const;
  const total = order.map((key) => `${key}_score * ${factor(weights[key])}`).join(' + ');
  return `begin;
do $$
declare
  scores regclass := 'public.lead_scores';
  dashboard regclass := 'public.lead_dashboard';
  head text := 'create or replace view public.lead_dashboard' || coalesce((select ' with (' || array_to_string(reloptions, ', ') || ')' from pg_class where oid = dashboard), '') || ' as ';
  body text := pg_get_viewdef(dashboard);
  columns text := (select string_agg(format($_$nullif('', '')::%s as %I$_$, format_type(atttypid, atttypmod), attname), ', ' order by attnum) from pg_attribute where attrelid = dashboard and attnum > 0);
  indexes text[] := array(select distinct pg_get_indexdef(i.indexrelid) from pg_index i join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = i.indexrelid and d.refobjid = scores join pg_attribute a on a.attrelid = scores and a.attnum = d.refobjsubid where a.attname in ('total_score', 'tier'));
  one text;
begin
  execute head || 'select ' || columns;
  alter table public.lead_scores drop column total_score, drop column tier;
  alter table public.lead_scores
    add column total_score int generated always as (round(${total})) stored,
    add column tier text generated always as (case
      when ${total} >= ${threshold} then 'hot'
      when ${total} >= 60 then 'warm'
      when ${total} >= 40 then 'nurture'
      else 'monitor' end) stored;
  execute head || body;
  foreach one in array indexes loop execute one; end loop;
end $$;
commit;`;
}
