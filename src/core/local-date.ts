import { tz } from '@date-fns/tz';
import { format } from 'date-fns';

/** The calendar date (`2026-03-02`) that it is in an IANA time zone. */
export function localDate(now: Date, timeZone: string): string {
  return format(now, 'yyyy-MM-dd', { in: tz(timeZone) });
}
