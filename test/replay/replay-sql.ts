import { applyVirtualSql } from '../simulator/virtual-sql.ts';
import { ownerColumn } from './people.ts';

/**
 * Redraws take minutes of a run, and nobody is notified of them. The bot redraws an open card about once an hour, mostly
 * for nothing, and a digest ten seconds after each change.
 */
const RARER: readonly (readonly [inBot: string, inReplay: string])[] = [
  ['(secs => 2700 +', '(secs => 11 * 3600 + 2700 +'],
  ["else interval '10 seconds' end", "else interval '30 minutes' end"],
  ["p_urgent then interval '1 second'", "p_urgent then interval '30 minutes'"],
  ["then least(m.next_try_at, now() + interval '1 second')", 'then m.next_try_at'],
];

/** Applies the bot's SQL to an empty database, under virtual time. */
export function applyReplaySql(databaseUrl: string, aes: number): Promise<void> {
  const change = (script: string): string =>
    RARER.reduce((changed, [inBot, inReplay]) => {
      if (!changed.includes(inBot)) throw new Error(`the SQL no longer has ${inBot}`);
      return changed.replace(inBot, inReplay);
    }, script);
  return applyVirtualSql(databaseUrl, change, ownerColumn(aes));
}
