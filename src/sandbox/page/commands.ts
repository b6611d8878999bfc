import type { PageState } from '../slack/protocol.ts';

type Command = PageState['commands'][number];

/** Completions of a half-typed command; none once its arguments begin. */
export function suggest(text: string, commands: readonly Command[]): Command[] {
  if (!/^\/\S*$/.test(text)) return [];
  return commands.filter(({ command }) => command.startsWith(text));
}

/** The command whose arguments the user is typing. */
export function usageOf(text: string, commands: readonly Command[]): Command | null {
  const typed = /^(\/\S+)\s/.exec(text)?.[1];
  return commands.find(({ command }) => command === typed) ?? null;
}
