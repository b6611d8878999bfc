import { z } from 'zod';

const line = z.looseObject({ level: z.number(), msg: z.string() });
const WARN = 40;

/** Formats a line of the bot's log. Returns null for lines below `warn` unless `verbose`. */
export function readBotLine(text: string, verbose: boolean): string | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return text === '' ? null : text;
  }
  const parsed = line.safeParse(json);
  if (!parsed.success) return text;
  const { level, msg, time: _time, stack: _stack, ...fields } = parsed.data;
  if (level < WARN && !verbose) return null;
  const details = Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return `${level >= WARN ? '! ' : ''}${msg}${details === '' ? '' : `  ${details}`}`;
}
