import { createContext, useContext } from 'react';
import type { PageState } from '../slack/protocol.ts';

/** Everything with a name. Separate from the messages, so that a new message doesn't re-render the others. */
export type Directory = Pick<
  PageState,
  'me' | 'bot' | 'people' | 'channels' | 'userGroups' | 'shortcuts'
>;

export const DirectoryContext = createContext<Directory | null>(null);
export const useDirectory = (): Directory | null => useContext(DirectoryContext);

export interface Author {
  id: string;
  name: string;
  title: string;
  isBot: boolean;
  external: boolean;
}

export function authorOf(directory: Directory | null, id: string): Author {
  if (directory && id === directory.bot.id)
    return { id, name: directory.bot.name, title: 'App', isBot: true, external: false };
  const person = directory?.people.find((someone) => someone.id === id);
  return {
    id,
    name: person?.realName ?? id,
    title: person?.title ?? '',
    isBot: false,
    external: person?.external ?? false,
  };
}

/** Name of a user, a user group or a channel, without `@` or `#`. */
export function nameOf(directory: Directory | null, id: string): string {
  const channel = directory?.channels.find((one) => one.id === id);
  const group = directory?.userGroups.find((one) => one.id === id);
  return channel?.name ?? group?.handle ?? authorOf(directory, id).name;
}
