import { join, relative } from 'node:path';
import pg from 'pg';
import { createVitest, type TestCase } from 'vitest/node';
import { makeDatabase } from '../../../src/sandbox/supabase/database.ts';
import { runSql, urlFor } from '../../../src/sandbox/supabase/postgres.ts';
import { startSupabase } from '../../../src/sandbox/supabase/supabase.ts';
import { applySql } from '../../../src/sql/apply.ts';
import { findChangedFiles } from '../../../src/sql/steps/function-files.ts';
import { readSource, sqlFiles } from '../../support/source-files.ts';

export const ROOT = join(import.meta.dirname, '../../..');
const TEMPLATE = 'lead_alerts_template';

/** Makes `db:apply` believe that the functions are as it left them. */
const KEEP = [
  'begin',
  findChangedFiles(
    sqlFiles('sql/lead-bot/functions').map((file) => ({ file, sql: readSource(file) })),
  ),
  `update lead_bot.applied_files a set state = s.state
     from pg_temp.lead_alerts_states s where s.name = a.name and a.state <> s.state`,
  'drop view pg_temp.lead_alerts_states',
  'commit',
].join(';\n');

export interface TestRun {
  /** Vitest's id: the same until the file's tests change. */
  id: string;
  name: string;
  failed: boolean;
  /** The first error's message; empty if the test passed. */
  error: string;
  startedAt: number;
  ms: number;
}

/** A PostgreSQL with the template of every test database, and a Vitest whose tests use it, one file at a time. */
export interface Lane {
  /** Runs statements in the template as its owner. What they create isn't repaired by a test that applies the SQL. */
  put(...statements: readonly string[]): Promise<void>;
  /** @returns Postgres' refusal, or null. Nothing is changed. */
  refusal(statement: string): Promise<string | null>;
  /**
   * @param ids only these tests; all if left out
   * @returns the tests that ran; the first failure ends the run unless `all`
   */
  run(file: string, ids?: readonly string[]): Promise<TestRun[]>;
  /** Makes `run` go on after a failure, and Postgres log the time of each line. */
  observe(): Promise<void>;
  /** @returns what Postgres has logged since the last call */
  takeLog(): string;
  close(): Promise<void>;
}

export async function openLane(): Promise<Lane> {
  const log: string[] = [];
  const supabase = await startSupabase({ onLog: (text) => log.push(text) });
  const { cluster } = supabase;
  const owner = urlFor(cluster, 'postgres', TEMPLATE);
  const vitest = await createVitest('test', {
    config: false,
    root: ROOT,
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    watch: false,
    bail: 1,
    reporters: [{}],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    expect: { poll: { timeout: 5_000 } },
  });
  const close = async () => {
    await vitest.close();
    await supabase.stop();
  };
  try {
    await makeDatabase(cluster, TEMPLATE);
    await applySql(owner, { leadScoring: true, private: true });
    vitest.provide('cluster', cluster);
    vitest.provide('templateDatabase', TEMPLATE);
    await vitest.standalone();
  } catch (error) {
    await close();
    throw error;
  }
  const project = vitest.getRootProject();

  return {
    put: (...statements) => runSql(owner, ...statements, KEEP),
    async refusal(statement) {
      const client = new pg.Client({ connectionString: owner });
      await client.connect();
      try {
        await client.query('begin');
        await client.query(statement);
        return null;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      } finally {
        await client.end();
      }
    },
    async run(file, ids) {
      const path = `${ROOT}/${file}`;
      const only = ids === undefined ? undefined : { testIds: [...ids] };
      const { testModules, unhandledErrors } = await vitest.runTestSpecifications([
        project.createSpecification(path, only),
      ]);
      const module = testModules.find(({ moduleId }) => moduleId === path);
      const tests = [...(module?.children.allTests() ?? [])].map(runOf);
      const errors = [...(module?.errors() ?? []), ...unhandledErrors].map(messageOf);
      const finished = tests.filter((test) => test !== null);
      const [error] = errors;
      // Outside of any test: a hook, or while the file was loaded.
      if (error === undefined) return finished;
      return [
        ...finished,
        { id: '', name: relative(ROOT, path), failed: true, error, startedAt: 0, ms: 0 },
      ];
    },
    async observe() {
      const admin = urlFor(cluster, 'supabase_admin', 'postgres');
      await runSql(
        admin,
        `alter system set log_line_prefix = '%n '`,
        `alter system set log_error_verbosity = 'terse'`,
        `alter system set log_min_error_statement = 'panic'`,
        'select pg_reload_conf()',
      );
      vitest.config.bail = 0;
      project.config.bail = 0;
    },
    takeLog() {
      const text = log.join('');
      log.length = 0;
      return text;
    },
    close,
  };
}

function runOf(test: TestCase): TestRun | null {
  const { state, errors = [] } = test.result();
  if (state !== 'passed' && state !== 'failed') return null;
  const { startTime = 0, duration = 0 } = test.diagnostic() ?? {};
  return {
    id: test.id,
    name: test.fullName,
    failed: state === 'failed',
    error: errors.map(messageOf).join('\n'),
    startedAt: startTime,
    ms: duration,
  };
}

function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'message' in error)
    return String(error.message);
  return String(error);
}

/** Whether a test failed since it took too long, or Postgres ended a statement for that. */
export const isTimeout = (message: string): boolean => /timed out|timeout/i.test(message);
