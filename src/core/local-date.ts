import { tz } from '@date-fns/tz';
// One by one: all of date-fns costs 170 MB and a second at the start (docs/performance.md).
import { format } from 'date-fns/format';

/** The calendar date (`2026-03-02`) that it is in an IANA time zone. */
export function localDate(now: Date, timeZone: string): string {
  return format(now, 'yyyy-MM-dd', { in: tz(timeZone) });
}
