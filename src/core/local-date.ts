import { tz } from '@date-fns/tz';
// Not from 'date-fns' itself, and not `format`: docs/performance.md says what they load.
import { lightFormat } from 'date-fns/lightFormat';

/** The calendar date (`2026-03-02`) that it is in an IANA time zone. */
export function localDate(now: Date, timeZone: string): string {
  return lightFormat(tz(timeZone)(now), 'yyyy-MM-dd');
}
