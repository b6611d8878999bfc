import { type LookupQuery, parseCommand } from '../../src/core/command.ts';

/** What the bot looks up for `/lead …`. */
export function lookupQuery(text: string): LookupQuery {
  const command = parseCommand(text);
  if (command.kind !== 'lookup') throw new Error(`${text} is a ${command.kind}`);
  return command.query;
}
