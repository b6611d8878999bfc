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

/** The text with a half-typed mention of the app completed; null if there is none. */
export function completeMention(text: string, app: string): string | null {
  const typed = /(?:^|\s)@([\w.-]*)$/.exec(text)?.[1];
  if (typed === undefined || text.startsWith('/') || !app.startsWith(typed.toLowerCase()))
    return null;
  return `${text.slice(0, text.length - typed.length)}${app} `;
}
