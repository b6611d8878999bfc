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
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return escaped.replace(LINKABLE, (whole, url, mail, domain, mention, channel) => {
    if (url !== undefined) return `<${url}>`;
    if (mail !== undefined) return `<mailto:${mail}|${mail}>`;
    if (domain !== undefined) return `<http://${domain}|${domain}>`;
    if (mention !== undefined) return mentionOf(workspace, whole);
    return channel === undefined ? whole : channelOf(workspace, whole);
  });
}

function mentionOf(workspace: Workspace, handle: string): string {
  const name = handle.slice(1).toLowerCase();
  const who = workspace.people.find((one) => one.name === name);
  return who ? `<@${who.id}|${who.name}>` : handle;
}

function channelOf(workspace: Workspace, word: string): string {
  const name = word.slice(1).toLowerCase();
  const channel = [...workspace.channels.values()].find(
    (one) => one.kind !== 'dm' && one.name === name,
  );
  if (!channel) return word;
  return `<#${channel.id}|${channel.kind === 'private' ? '' : channel.name}>`;
}
