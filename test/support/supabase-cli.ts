import { once } from 'node:events';
import pg from 'pg';

/**
 * Applies a migration like `supabase db push` (apps/cli-go/pkg/migration/file.go of github.com/supabase/cli):
 * splits it into statements and sends them in one pipeline of the extended protocol.
 *
 * @returns the notices, which the CLI prints
 */
export async function pushMigration(databaseUrl: string, script: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  const messages: string[] = [];
  client.on('notice', ({ severity, message }) => messages.push(`${severity}: ${message}`));
  await client.connect();
  try {
    await new Promise<void>((resolve, reject) => {
      client.query(new Pipeline(statementsOf(script), resolve, reject));
    });
  } finally {
    const ended = once(client, 'end');
    await client.end();
    await ended;
  }
  return messages;
}

const statementsOf = (script: string): string[] =>
  [
    ...script.matchAll(
      /(?:--[^\n]*|'[^']*'|"[^"]*"|\$(?<tag>\w*)\$[\s\S]*?\$\k<tag>\$|[^;])+?(?:;|$)/g,
    ),
  ].map(([statement]) => statement);

/** Statements with one Sync at the end, which PostgreSQL runs as an implicit transaction. */
class Pipeline {
  readonly #statements: readonly string[];
  readonly #resolve: () => void;
  readonly #reject: (error: Error) => void;

  constructor(statements: readonly string[], resolve: () => void, reject: (error: Error) => void) {
    this.#statements = statements;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: pg.Connection): void {
    for (const text of this.#statements) {
      connection.parse({ name: '', text, types: [] }, true);
      connection.bind({}, true);
      connection.execute({}, true);
    }
    connection.sync();
  }

  // pg calls these.
  handleError(error: Error): void {
    this.#reject(error);
  }
  handleReadyForQuery(): void {
    this.#resolve();
  }
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleCommandComplete(): void {}
  handleEmptyQuery(): void {}
}
