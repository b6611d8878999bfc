import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { ApplyError } from './apply-error.ts';
import { CannotConnect, connect } from './connect.ts';
import { describeSessions } from './lock-holders.ts';
import { LOCK_KEY } from './script-parts.ts';

export const connectToApply = (databaseUrl: string): Promise<pg.Client> =>
  connect(databaseUrl, 'db:apply').catch((error: unknown) => {
    throw error instanceof CannotConnect ? new ApplyError(error.message) : error;
  });

/**
 * Opens a connection that holds the lock of `db:apply` until it is closed. Its transaction has no
 * snapshot, so concurrent index builds don't wait for it. It polls instead of blocking, because a
 * blocked statement would hold a snapshot.
 */
export async function acquireApplyLock(
  databaseUrl: string,
  report: (line: string) => void,
): Promise<pg.Client> {
  const connection = await connectToApply(databaseUrl);
  try {
    for (let hasReported = false; ; hasReported = true) {
      await connection.query(
        'begin isolation level read committed; set local idle_in_transaction_session_timeout = 0',
      );
      const { rows } = await connection.query<{ mine: boolean }>(
        `select pg_try_advisory_xact_lock(${LOCK_KEY}) as mine`,
      );
      if (rows[0]?.mine) return connection;
      await connection.query('rollback');
      if (!hasReported)
        report(
          `Another db:apply is running on this database${await describeHolders(connection)}. Waiting for it.`,
        );
      await sleep(250);
    }
  } catch (error) {
    await connection.end().catch(() => {});
    throw error;
  }
}

/** Which sessions hold the lock of `db:apply`. */
async function describeHolders(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ pid: number }>(
    `select l.pid from pg_locks l
      where l.locktype = 'advisory' and l.granted and l.objsubid = 1
        and l.database = (select oid from pg_database where datname = current_database())
        and (l.classid::bigint << 32) | l.objid::bigint = ${LOCK_KEY}`,
  );
  return rows.length === 0
    ? ''
    : `: ${await describeSessions(
        client,
        rows.map(({ pid }) => pid),
      )}`;
}
