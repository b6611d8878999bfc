import pg from 'pg';
import { withoutAutovacuum } from '../support/autovacuum.ts';

const RUNS_PER_VACUUM = 50;

/** An open transaction. */
export interface Transaction {
  /** The time of its rows. */
  readonly begunAt: number;
  commit(text: string): Promise<void>;
}

/** How a simulated transaction begins and ends. */
const SAVEPOINT = {
  begin: 'savepoint here',
  end: 'release savepoint here',
  undo: 'rollback to savepoint here; release savepoint here',
};
const TRANSACTION = { begin: 'begin', end: 'commit', undo: 'rollback' };

/**
 * A database under virtual time, on one connection. A run is one transaction, rolled back at its end, and each
 * simulated transaction is a savepoint in it. PostgREST runs each request as a transaction, so concurrent
 * requests of several bots are equivalent to some series of them.
 */
export class VirtualDatabase {
  readonly #client: pg.Client;
  readonly #bounds: typeof SAVEPOINT;
  #runs = 0;

  private constructor(client: pg.Client, bounds: typeof SAVEPOINT) {
    this.#client = client;
    this.#bounds = bounds;
  }

  /** @param adminUrl of a database prepared by `applyVirtualSql`, with no other writers */
  static async connect(adminUrl: string): Promise<VirtualDatabase> {
    const database = await VirtualDatabase.#open(adminUrl, SAVEPOINT);
    // It would free the space of earlier runs in the middle of a run, whose rows would then be found in another order.
    await database.#client.query(
      withoutAutovacuum(`c.relnamespace in ('public'::regnamespace, 'lead_bot'::regnamespace)`),
    );
    return database;
  }

  /** For one long run on this database, without `begin` and `rollback`: its transactions are committed. */
  static async connectForOneRun(adminUrl: string, seed: number): Promise<VirtualDatabase> {
    const database = await VirtualDatabase.#open(adminUrl, TRANSACTION);
    await database.#client.query(`set sim.seed = '${seed}'`);
    return database;
  }

  static async #open(adminUrl: string, bounds: typeof SAVEPOINT): Promise<VirtualDatabase> {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    await client.query(`
      set synchronous_commit = off;
      set jit = off;
      set plan_cache_mode = force_generic_plan;
    `);
    // A table that was never vacuumed is planned as if it had ten pages, and plans decide the order of ids. So a seed
    // goes the same way on a new database as after a hundred others.
    await client.query('vacuum');
    return new VirtualDatabase(client, bounds);
  }

  /** Starts a run with empty tables. */
  async begin(seed: number): Promise<void> {
    await this.#client.query(`
      select setval('sim.ticks', 1), setval('sim.ids', 1);
      begin;
      set local sim.seed = '${seed}';
    `);
  }

  /** Ends the run. Vacuums the dead rows of earlier runs from time to time. */
  async rollback(): Promise<void> {
    await this.#client.query('rollback');
    this.#runs += 1;
    if (this.#runs % RUNS_PER_VACUUM === 0) await this.#client.query('vacuum');
  }

  /** Begins a transaction that commits later. Its rows have this time. */
  open(at: number): Transaction {
    return {
      begunAt: at,
      commit: async (text) => {
        await this.#run(at, text);
      },
    };
  }

  /** Calls a function as the bot's role, in one transaction. */
  async call(at: number, name: string, args: Readonly<Record<string, unknown>>): Promise<unknown> {
    const named = Object.entries(args).map(([key, value]) => `${key} => ${literal(value)}`);
    const [answer] = await this.#run(
      at,
      `set local role lead_bot; select public.${name}(${named.join(', ')}) as answer; reset role`,
    );
    // PostgREST makes null of void.
    const given: unknown = answer?.['answer'];
    return given === '' ? null : given;
  }

  /** Runs SQL as the superuser. */
  read<Row extends pg.QueryResultRow>(at: number, text: string): Promise<Row[]> {
    return this.#run<Row>(at, text);
  }

  end(): Promise<void> {
    return this.#client.end();
  }

  /** Returns the rows of the first statement with any. */
  async #run<Row extends pg.QueryResultRow>(at: number, text: string): Promise<Row[]> {
    const time = new Date(at).toISOString();
    const { begin, end, undo } = this.#bounds;
    try {
      const results: unknown = await this.#client.query(
        `${begin};
         set local sim.now = '${time}';
         ${text};
         ${end}`,
      );
      const all = Array.isArray(results) ? results : [results];
      return all.find((result: pg.QueryResult<Row>) => result.rows.length > 0)?.rows ?? [];
    } catch (error) {
      await this.#client.query(undo);
      throw error;
    }
  }
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return pg.escapeLiteral(value);
  const json = JSON.stringify(value);
  // A list of words is an array, as PostgREST makes it.
  const isWords = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return pg.escapeLiteral(isWords ? `{${json.slice(1, -1)}}` : json);
}
