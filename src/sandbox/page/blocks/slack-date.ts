/** Formats `<!date^…>` as Slack does, in the user's time zone. */

const day = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

function nearby(date: Date, now: Date): string | null {
  const days = Math.round((day(date) - day(now)) / 86_400_000);
  return days === 0 ? 'Today' : days === -1 ? 'Yesterday' : days === 1 ? 'Tomorrow' : null;
}

function ago(date: Date, now: Date): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ];
  for (const [unit, size] of steps) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? 'just now' : format.format(seconds, 'second');
}

const in_ = (date: Date, options: Intl.DateTimeFormatOptions) =>
  date.toLocaleString('en-US', options);

export function formatSlackDate(format: string, date: Date, now: Date): string {
  const short = in_(date, { month: 'short', day: 'numeric', year: 'numeric' });
  const medium = in_(date, { month: 'long', day: 'numeric', year: 'numeric' });
  const long = in_(date, { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
  const near = nearby(date, now);
  const tokens: Record<string, string> = {
    date_num: `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`,
    date: medium,
    date_short: short,
    date_long: long,
    date_pretty: near ?? medium,
    date_short_pretty: near ?? short,
    date_long_pretty: near ?? long,
    time: in_(date, { hour: 'numeric', minute: '2-digit' }),
    time_secs: in_(date, { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: ago(date, now),
  };
  // Slack capitalizes "Today" only at the start of the text.
  return format.replace(/\{(\w+)\}/g, (token, name: string, offset: number) => {
    const value = tokens[name] ?? token;
    return offset > 0 && value === near ? value.toLowerCase() : value;
  });
}
