import fc from 'fast-check';
import type { TestDatabase } from './supabase.ts';

/** A compact description of a long text, readable in a failing row. Only noise does not compress. */
export type Text = { of: string; bytes: number } | { noise: number; bytes: number };

/** The same for a tech stack's JSON. */
export type Stack =
  | { json: string }
  | { digits: number }
  | { nested: number; open: string; close: string }
  | { entries: number; of: 'numbers' | Text }
  | { keys: number }
  | { text: Text; in: 'nothing' | 'array' | 'object' };

/**
 * A lead and its company as a faulty pipeline may write them: legal for the tables, but unexpected.
 */
export interface HostileRow {
  name: Text | null;
  email: Text | null;
  domain: Text | null;
  company: Text | null;
  industry: Text | null;
  size: Text | null;
  funding: Text | null;
  plan: Text | null;
  action: Text | null;
  stack: Stack | null;
  employees: number | null;
  fundingUsd: string | null;
  projects: number | null;
  team: number | null;
  calls: string | null;
  callsBefore: string | null;
  lastActive: string | null;
  scores: readonly (number | null)[];
  people: { count: number; name: Text | null; title: Text | null; decides: boolean | null };
  signals: {
    count: number;
    kind: Text | null;
    title: Text | null;
    detail: Text | null;
    date: string | null;
    strength: Text | null;
  };
}

const MEGABYTE = 1_000_000;

const said = (text: string): Text => ({ of: text, bytes: Buffer.byteLength(text) });

/** A normal lead. */
export const TAME: HostileRow = {
  name: said('Eve'),
  email: said('eve@evil.example'),
  domain: said('evil.example'),
  company: said('Evil'),
  industry: said('Crime'),
  size: said('51-200'),
  funding: said('series_b'),
  plan: said('pro'),
  action: said('Call them'),
  stack: { json: '["AWS", {"name": "Auth0"}]' },
  employees: 120,
  fundingUsd: '1000000',
  projects: 2,
  team: 3,
  calls: '1000',
  callsBefore: '500',
  lastActive: 'now',
  scores: [99, 99, 99, 99, 99],
  people: { count: 2, name: said('Mallory'), title: said('CTO'), decides: true },
  signals: {
    count: 2,
    kind: said('hiring'),
    title: said('Hiring'),
    detail: null,
    date: '2026-03-02',
    strength: said('high'),
  },
};

/** Any Unicode that PostgreSQL can store. */
const anyText = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }),
    fc.constantFrom(
      'x',
      'ab ',
      '👩‍👩‍👧‍👦',
      '\u{10ffff}',
      'שלום \u202e',
      'e\u0301\u0327',
      '\u0001\u001f\r\n\u2028',
      '<!channel> *b* `c` &amp;',
      '"\\',
    ),
  )
  .map((text) => text.replaceAll('\0', '').toWellFormed())
  .filter((text) => text !== '');

const bytes = fc.constantFrom(0, 1, 253, 254, 400, 2_690, 4_001, 100_000, MEGABYTE);
const text: fc.Arbitrary<Text> = fc.oneof(
  fc.record({ of: anyText, bytes }),
  fc.record({ noise: fc.nat(), bytes }),
);

const stack: fc.Arbitrary<Stack | null> = fc.oneof(
  fc.constantFrom(null, { json: 'null' }, { json: 'true' }, { json: '{}' }, { json: '[1e-9999]' }),
  fc.record({ digits: fc.constantFrom(20, 100_000) }),
  fc.constantFrom(
    { nested: 2_000, open: '[', close: ']' },
    { nested: 2_000, open: '[{"name":', close: '}]' },
    { nested: 2_000, open: '{"name":', close: '}' },
  ),
  fc.record({ entries: fc.constantFrom(51, 40_000), of: anyText.map(said) }),
  fc.record({ entries: fc.constantFrom(51, 10_000), of: fc.constant('numbers' as const) }),
  fc.record({ keys: fc.constantFrom(100, 20_000) }),
  fc.record({ text, in: fc.constantFrom('nothing' as const, 'array' as const, 'object' as const) }),
  fc.json({ maxDepth: 5 }).map((json) => ({ json: json.replaceAll('\\u0000', '') })),
);

const int = fc.constantFrom(-2_147_483_648, -1, 0, 2_147_483_647, null);
const bigint = fc.constantFrom('-4611686018427387904', '-1', '0', '4611686018427387903', null);
const score = fc.constantFrom(-2_147_483_648, -1, 0, 85, 100, 101, 2_147_483_647, null);

/** Mostly normal, because a row with everything wrong hides single problems. */
const mostly = <T>(usual: T, hostile: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: hostile });

const mostlyText = (usual: Text | null): fc.Arbitrary<Text | null> =>
  mostly<Text | null>(usual, text);
const mostlyScore = fc.oneof(
  { weight: 9, arbitrary: fc.constant(99) },
  { weight: 1, arbitrary: score },
);
const many = fc.constantFrom(0, 3, 60, 10_000);

export const hostileRow: fc.Arbitrary<HostileRow> = fc.record({
  name: mostly<Text | null>(TAME.name, fc.oneof(text, fc.constant(null))),
  email: mostlyText(TAME.email),
  domain: mostly<Text | null>(TAME.domain, fc.oneof(text, fc.constant(null))),
  company: mostly<Text | null>(TAME.company, fc.oneof(text, fc.constant(null))),
  industry: mostlyText(TAME.industry),
  size: mostlyText(TAME.size),
  funding: mostlyText(TAME.funding),
  plan: mostlyText(TAME.plan),
  action: mostlyText(TAME.action),
  stack: mostly(TAME.stack, stack),
  employees: mostly<number | null>(120, int),
  fundingUsd: mostly<string | null>('1000000', bigint),
  projects: mostly<number | null>(2, int),
  team: mostly<number | null>(3, int),
  calls: mostly<string | null>('1000', bigint),
  callsBefore: mostly<string | null>('500', fc.constantFrom('1', '4611686018427387903', null)),
  lastActive: fc.constantFrom(
    null,
    'now',
    'infinity',
    '-infinity',
    '0044-03-15 00:00:00 BC',
    '294276-12-31 23:59:59',
  ),
  scores: fc.tuple(mostlyScore, mostlyScore, mostlyScore, mostlyScore, mostlyScore),
  people: fc.record({
    count: many,
    name: mostlyText(TAME.people.name),
    title: mostlyText(TAME.people.title),
    decides: fc.constantFrom(true, false, null),
  }),
  signals: fc.record({
    count: many,
    kind: mostlyText(TAME.signals.kind),
    title: mostlyText(TAME.signals.title),
    detail: mostlyText(null),
    date: fc.constantFrom(
      null,
      '2026-03-02',
      'infinity',
      '-infinity',
      '0044-03-15 BC',
      '5874897-12-31',
    ),
    strength: mostlyText(TAME.signals.strength),
  }),
});

export function textOf(spec: Text): string {
  if ('of' in spec) return spec.of.repeat(Math.floor(spec.bytes / Buffer.byteLength(spec.of)));
  let state = spec.noise >>> 0 || 1;
  let written = '';
  while (written.length < spec.bytes) {
    // Xorshift: the same noise on each run.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    written += (state >>> 0).toString(36);
  }
  return written.slice(0, spec.bytes);
}

function jsonOf(spec: Stack): string {
  if ('json' in spec) return spec.json;
  if ('digits' in spec) return `[${'9'.repeat(spec.digits)}]`;
  if ('nested' in spec)
    return `[${spec.open.repeat(spec.nested)}1${spec.close.repeat(spec.nested)}]`;
  if ('keys' in spec) {
    return JSON.stringify(Object.fromEntries(Array.from({ length: spec.keys }, (_, n) => [n, n])));
  }
  if ('entries' in spec) {
    const { of } = spec;
    const entry = (n: number) => (of === 'numbers' ? n : `${textOf(of)}${n}`);
    return JSON.stringify(Array.from({ length: spec.entries }, (_, n) => entry(n)));
  }
  const long = textOf(spec.text);
  switch (spec.in) {
    case 'nothing':
      return JSON.stringify(long);
    case 'array':
      return JSON.stringify([long, { name: long }, [long]]);
    case 'object':
      return JSON.stringify({ [long.slice(0, 100)]: long, name: long });
  }
}

const maybe = (spec: Text | null): string | null => (spec === null ? null : textOf(spec));

/** Up to 2 MB of rows in total; more would only be slow. */
const within = (count: number, ...texts: readonly (string | null)[]): number => {
  const each = texts.reduce((sum, one) => sum + (one?.length ?? 0), 1);
  return Math.min(count, Math.ceil((2 * MEGABYTE) / each));
};

/**
 * Inserts the lead like a pipeline, the score last. Returns false if the lead tables refuse it: their unique
 * indexes hold at most 2,704 bytes.
 */
export async function writeLead(
  { sql }: Pick<TestDatabase, 'sql'>,
  id: string,
  row: HostileRow,
): Promise<boolean> {
  const { people, signals } = row;
  const domain = maybe(row.domain);
  const stackJson = row.stack === null ? null : jsonOf(row.stack);
  try {
    if (domain !== null) {
      await sql('delete from public.company_enrichment where domain = $1', [domain]);
      await sql(
        `insert into public.company_enrichment
           (domain, company_name, industry, employee_count, employee_range, funding_stage, total_funding_usd, tech_stack)
         values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)`,
        [
          domain,
          maybe(row.company),
          maybe(row.industry),
          row.employees,
          maybe(row.size),
          maybe(row.funding),
          row.fundingUsd,
          stackJson,
        ],
      );
      const person = [maybe(people.name), maybe(people.title)] as const;
      await sql(
        `insert into public.stakeholders (company_domain, full_name, title, is_decision_maker)
         select $1, $2, $3, $4 from generate_series(1, $5::int) n`,
        [domain, ...person, people.decides, within(people.count, ...person)],
      );
      const texts = [signals.kind, signals.title, signals.detail, signals.strength].map(maybe);
      await sql(
        `insert into public.expansion_signals
           (company_domain, signal_type, signal_title, signal_detail, signal_strength, signal_date)
         select $1, $2, $3, $4, $5, $6::date from generate_series(1, $7::int) n`,
        [domain, ...texts, signals.date, within(signals.count, ...texts)],
      );
    }
    await sql(
      `insert into public.developer_signups (id, email, full_name, company_domain) values ($1, $2, $3, $4)
       on conflict (id) do update
          set email = excluded.email, full_name = excluded.full_name, company_domain = excluded.company_domain`,
      [id, maybe(row.email), maybe(row.name), domain],
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '54000') return false;
    throw error;
  }
  await sql('delete from public.internal_signals where developer_id = $1', [id]);
  await sql(
    `insert into public.internal_signals
       (developer_id, project_count, team_member_count, billing_tier, api_calls_30d, api_calls_prev_30d, last_active_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, row.projects, row.team, maybe(row.plan), row.calls, row.callsBefore, row.lastActive],
  );
  const scored = await sql(
    `update public.lead_scores
        set company_score = $2, usage_score = $3, expansion_score = $4, champion_score = $5, timing_score = $6,
            suggested_action = $7
      where developer_id = $1 returning id`,
    [id, ...row.scores, maybe(row.action)],
  );
  if (scored.length > 0) return true;
  await sql(
    `insert into public.lead_scores
       (developer_id, company_score, usage_score, expansion_score, champion_score, timing_score, suggested_action)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [id, ...row.scores, maybe(row.action)],
  );
  return true;
}
