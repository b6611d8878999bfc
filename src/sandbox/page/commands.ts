import type { PageState } from '../slack/protocol.ts';

type Command = PageState['commands'][number];

/** The commands that a half-typed one may become; none once its arguments begin. */
export function suggest(text: string, commands: readonly Command[]): Command[] {
  if (!/^\/\S*$/.test(text)) return [];
  return commands.filter(({ command }) => command.startsWith(text));
}

/** The command whose arguments are being typed. */
export function usageOf(text: string, commands: readonly Command[]): Command | null {
  const typed = /^(\/\S+)\s/.exec(text)?.[1];
  return commands.find(({ command }) => command === typed) ?? null;
}
