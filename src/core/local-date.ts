import { tz } from '@date-fns/tz';

/** The calendar date (`2026-03-02`) in an IANA time zone. */
export function localDate(now: Date, timeZone: string): string {
  // A TZDate prints its zone's local time: 2026-03-02T09:00:00.000+01:00.
  return tz(timeZone)(now).toISOString().slice(0, 10);
}

/** Whether this runtime knows the IANA time zone. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
