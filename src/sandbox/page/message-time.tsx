const clock = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' });
const full = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'medium' });

/** A Slack timestamp is in seconds, with a fraction. */
export const dateOf = (ts: string): Date => new Date(Number(ts) * 1000);

export function MessageTime({ ts }: { ts: string }) {
  const date = dateOf(ts);
  return (
    <time dateTime={date.toISOString()} title={full.format(date)}>
      {clock.format(date)}
    </time>
  );
}
