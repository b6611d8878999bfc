import { type Database, DatabaseError } from '../../src/adapters/supabase-client.ts';
import type { EventQueue } from './event-queue.ts';
import type { Fault } from './faults.ts';
import type { SimulatedProcess } from './process.ts';
import { type Request, send } from './request.ts';

export interface DatabaseWorld {
  queue: EventQueue;
  /** Calls a function in one transaction. */
  transact(name: string, args: Readonly<Record<string, unknown>>): Promise<unknown>;
  isAway(): boolean;
  /** The fault of the next request to the database. */
  nextFault(caller: SimulatedProcess): Fault | null;
  latency(): readonly [number, number];
  crash(caller: SimulatedProcess, downMs: number): void;
  note(line: () => string): void;
  /** Reports a violation. */
  unexpected(what: string): void;
}

const failure = (what: string) => () => new DatabaseError(what, null, 0);
const errors: Request<unknown>['errors'] = {
  refused: failure('connection refused'),
  lost: failure('connection lost'),
  timedOut: failure('timed out'),
  answered: failure('HTTP 503'),
};

export function simulatedDatabase(world: DatabaseWorld, caller: SimulatedProcess): Database {
  return {
    async call(name, args, answer) {
      const given = world.nextFault(caller);
      const messageId = args['p_id'];
      // A report that must arrive always does. See docs/delivery.md for what happens otherwise.
      const mustArrive = typeof messageId === 'string' && caller.mustReport.has(messageId);
      // A report of something else about the message doesn't count.
      const isReport = mustArrive && caller.mustReport.get(messageId) === 'answered';
      const fault = mustArrive ? null : given;
      world.note(
        () =>
          `${caller.name} → database: ${name.replace('lead_bot_', '')}${describe(args)}${fault === null ? '' : ` ⚡ ${fault.kind}`}`,
      );
      const data = await send(world.queue, {
        caller,
        fault,
        latency: world.latency(),
        async carryOut() {
          if (world.isAway() && !mustArrive)
            throw new DatabaseError('the database is away', null, 0);
          if (isReport) caller.mustReport.delete(messageId);
          return world.transact(name, args);
        },
        crash: (downMs) => world.crash(caller, downMs),
        errors,
      });
      const parsed = answer.safeParse(data);
      if (parsed.success) return parsed.data;
      world.unexpected(`can't parse the response of ${name}: ${parsed.error.message}`);
      throw parsed.error;
    },
  };
}

function describe(args: Readonly<Record<string, unknown>>): string {
  const id = args['p_id'] ?? args['p_alert_id'];
  const outcome = args['p_outcome'];
  return [
    typeof id === 'string' ? ` ${id.slice(0, 4)}` : '',
    args['p_user'] === undefined ? '' : ` by ${args['p_user']}`,
    outcome === undefined ? '' : ` ${JSON.stringify(outcome)}`,
    args['p_local_date'] === undefined ? '' : ` ${args['p_local_date']}`,
  ].join('');
}
