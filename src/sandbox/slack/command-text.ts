import type { Workspace } from './workspace.ts';

const MAIL = /[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}/i;
const URL_WITH_SCHEME = /https?:\/\/[^\s<>"]+/i;
const DOMAIN = /(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:\/[^\s<>"]*)?/i;
const MENTION = /(?<![\w@])@[a-z0-9._-]*[a-z0-9]/i;
const CHANNEL = /(?<![\w#])#[a-z0-9_-]+/i;

const LINKABLE = new RegExp(
  [URL_WITH_SCHEME, MAIL, DOMAIN, MENTION, CHANNEL].map((one) => `(${one.source})`).join('|'),
  'gi',
);

/**
 * Command text as an app with `should_escape: true` receives it: URLs, bare domains and email addresses
 * become links, users and channels become ids.
 */
export function escapeCommandText(workspace: Workspace, text: string): string {
  return escaped(workspace, text, ({ id, name }) => `<@${id}|${name}>`);
}

/** The text of a user's message as Slack stores it. A mention may be typed as `@name` or `<@U…>`. */
export function escapeMessageText(workspace: Workspace, text: string): string {
  const mention = ({ id }: Mentioned): string => `<@${id}>`;
  return text
    .split(/(<@[UW][A-Z0-9]+>)/)
    .map((part, index) => (index % 2 === 1 ? part : escaped(workspace, part, mention)))
    .join('');
}

interface Mentioned {
  id: string;
  name: string;
}

function escaped(
  workspace: Workspace,
  text: string,
  mentionOf: (who: Mentioned) => string,
): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return safe.replace(LINKABLE, (whole, url, mail, domain, mention, channel) => {
    if (url !== undefined) return `<${url}>`;
    if (mail !== undefined) return `<mailto:${mail}|${mail}>`;
    if (domain !== undefined) return `<http://${domain}|${domain}>`;
    if (mention !== undefined) {
      const who = named(workspace, whole);
      return who ? mentionOf(who) : whole;
    }
    return channel === undefined ? whole : channelOf(workspace, whole);
  });
}

function named(workspace: Workspace, handle: string): Mentioned | undefined {
  const name = handle.slice(1).toLowerCase();
  const { bot, people } = workspace;
  if (name === bot.name) return { id: bot.userId, name };
  return people.find((one) => one.name === name);
}

function channelOf(workspace: Workspace, word: string): string {
  const name = word.slice(1).toLowerCase();
  const channel = [...workspace.channels.values()].find(
    (one) => one.kind !== 'dm' && one.name === name,
  );
  if (!channel) return word;
  return `<#${channel.id}|${channel.kind === 'private' ? '' : channel.name}>`;
}
