import { applyVirtualSql } from '../simulator/virtual-sql.ts';
import { ownerColumn } from './people.ts';

/** The bot redraws each open card about once an hour, mostly for nothing. Twice a day takes minutes off a run. */
const RARELY = 12;
const HOURLY = '(secs => 2700 +';

/** Applies the bot's SQL to an empty database, under virtual time. */
export function applyReplaySql(databaseUrl: string, aes: number): Promise<void> {
  const change = (script: string): string => {
    if (!script.includes(HOURLY)) throw new Error('lead_bot.examine_alerts has changed');
    return script.replace(HOURLY, `(secs => ${RARELY - 1} * 3600 + 2700 +`);
  };
  return applyVirtualSql(databaseUrl, change, ownerColumn(aes));
}
