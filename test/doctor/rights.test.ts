import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { examine } from '../../src/doctor/checks.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { applySql } from '../../src/sql/apply.ts';
import { LEAD_RELATIONS, makeLeadsPrivate, makeLeadsPublic } from '../support/public-leads.ts';
import { testDatabase } from '../support/supabase.ts';

const db = await testDatabase({ seed: true });

beforeEach(() => makeLeadsPrivate(db));

/** What the doctor reports about the database and its key. */
async function findings(changed: Record<string, string> = {}): Promise<string[]> {
  const found: Finding[] = [];
  const vars = {
    SUPABASE_URL: db.url,
    SUPABASE_KEY: db.keyFor('lead_bot'),
    SUPABASE_PUBLISHABLE_KEY: db.publishableKey,
    ...changed,
  };
  for await (const finding of examine(vars)) found.push(finding);
  const from = found.findIndex(({ text }) => text.startsWith('The database answers'));
  return found.slice(from).map(({ kind, text }) => `${kind}: ${text}`);
}

const CLOSED = "ok: The project's public key gives no access to leads or to the bot's functions.";

test('leads as open as in the given schema are a problem that names each relation and the remedy', async () => {
  await makeLeadsPublic(db);
  const all = LEAD_RELATIONS.join(', ');
  expect(await findings()).toContain(
    `problem: Anyone with the project's public key (anon, publishable) can read leads in ${all}. Run npm run db:apply -- --private: the bot doesn't need that access.`,
  );
});

test('db:apply -- --private fixes the problem', async () => {
  await makeLeadsPublic(db);
  await applySql(db.databaseUrl, { leadScoring: true, private: true });
  const found = await findings();
  expect(found).toContain(CLOSED);
  expect(found.join('\n')).not.toMatch(/^(problem|note)/m);
});

test('leads that everyone who signs in can read are a note', async () => {
  await db.sql(`
    create policy staff on public.stakeholders for select to authenticated using (true);
    grant select on public.stakeholders to authenticated`);
  const found = await findings();
  expect(found).toContainEqual(
    expect.stringMatching(/^note: Anyone who can sign in .* in stakeholders\. .*drop the policies/),
  );
  expect(found).toContain(CLOSED);
});

test.each(['false', `current_setting('request.jwt.claims', true)::jsonb ->> 'sub' = id::text`])(
  'a policy using (%s) is neither a problem nor a note',
  async (condition) => {
    await db.sql(`
      create policy own on public.stakeholders for select using (${condition});
      grant select on public.stakeholders to anon, authenticated`);
    const found = await findings();
    expect(found).toContain(CLOSED);
    expect(found.join('\n')).not.toMatch(/^(problem|note)/m);
  },
);

test('anything the publishable key can actually read is a problem, whatever the policy looks like', async () => {
  await db.sql(`
    create policy clever on public.stakeholders for select using (current_user <> 'nobody');
    grant select on public.stakeholders to anon`);
  const untried = { SUPABASE_KEY: db.secretKey, SUPABASE_PUBLISHABLE_KEY: '' };
  expect(await findings(untried)).toContain(CLOSED);
  expect(await findings()).toContainEqual(
    expect.stringMatching(/^problem: Anyone with .* can read leads in stakeholders\./),
  );
});

test("an owner's view that shows leads is a problem with its own remedy", async () => {
  await db.sql(
    `create view public.wall as select company_name from public.lead_dashboard;
     grant select on public.wall to anon`,
  );
  onTestFinished(async () => {
    await db.sql('drop view public.wall');
  });
  expect(await findings()).toContainEqual(
    expect.stringMatching(
      /^problem: Anyone with .* through wall\. Revoke SELECT .*security_invoker/,
    ),
  );
});

test('leads that anyone can change are a problem, and db:apply -- --private closes it', async () => {
  await db.sql(`
    create policy signup on public.developer_signups for insert to anon with check (true);
    grant insert on public.developer_signups to anon;
    alter table public.lead_scores disable row level security;
    grant insert on public.lead_scores to anon`);
  const before = await db.sql('select count(*) from public.developer_signups');
  expect(await findings()).toContain(
    "problem: Anyone with the project's public key (anon, publishable) can change leads in developer_signups, lead_scores, and so fake a hot lead. Run npm run db:apply -- --private: the bot doesn't need that access.",
  );
  // Looking must not insert anything.
  expect(await db.sql('select count(*) from public.developer_signups')).toEqual(before);
  await applySql(db.databaseUrl, { leadScoring: true, private: true });
  expect(await findings()).toContain(CLOSED);
});

test("an owner's function that lets anyone work on leads is a note", async () => {
  await db.sql(
    `create function public.sign_up(p_email text) returns void language sql security definer
       as $$ insert into public.developer_signups (email) values (p_email) $$`,
  );
  onTestFinished(async () => {
    await db.sql('drop function public.sign_up(text)');
  });
  expect(await findings()).toContainEqual(
    expect.stringMatching(/^note: Anyone with .* can call sign_up, .*security definer/),
  );
});

test('bot functions that others can call are a problem that db:apply fixes', async () => {
  await db.sql('grant execute on function public.lead_bot_claim to anon, authenticated');
  expect(await findings()).toContain(
    "problem: Roles other than the bot's can call lead_bot_claim. Run npm run db:apply, which revokes that.",
  );
  await applySql(db.databaseUrl, { leadScoring: true });
  expect(await findings()).toContain(CLOSED);
});

test('the secret key works, with a note that it is stronger than needed', async () => {
  expect(await findings({ SUPABASE_KEY: db.keyFor('service_role') })).toContainEqual(
    expect.stringMatching(/^note: SUPABASE_KEY is the project's secret key.*lead_bot/),
  );
});

test('a key that expires within a month is a note, a longer-lived one is not', async () => {
  const expiring = (days: number) =>
    findings({ SUPABASE_KEY: db.keyFor('lead_bot', { expiresIn: days * 86_400 }) });
  expect(await expiring(3)).toContainEqual(
    expect.stringMatching(/^note: SUPABASE_KEY expires in 3 days/),
  );
  expect((await expiring(40)).join('\n')).not.toContain('expires');
});
