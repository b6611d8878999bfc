import { describeData } from './data-text.ts';
import { isObject, stringIn } from './json.ts';
import type { Call } from './web-api.ts';
import type { SlackMessage, Workspace } from './workspace.ts';

const LAST_CALLS = 12;

/** The workspace and the last calls as text, for error messages. */
export function dump(workspace: Workspace, calls: readonly Call[]): string {
  const name = (id: string): string =>
    workspace.people.find((one) => one.id === id)?.name ??
    (id === workspace.bot.userId ? workspace.bot.name : id);
  const line = (message: SlackMessage): string =>
    `  ${message.thread_ts === null ? '' : '  ↳ '}${message.ts} ${name(message.user)}: ${message.text}${message.edited ? ' (edited)' : ''}${blockList(message.blocks)}`;
  const data = ({ blocks }: { blocks: readonly unknown[] }): string[] =>
    blocks.flatMap((block) => describeData(block) ?? []).map((text) => `      ${text}`);
  const channels = [...workspace.channels.values()].flatMap((channel) => [
    `#${channel.name} (${channel.id}${channel.botIn ? '' : ', without the bot'}${channel.archived ? ', archived' : ''})`,
    ...(workspace.messages.get(channel.id) ?? []).flatMap((one) => [line(one), ...data(one)]),
  ]);
  const answers = workspace.answers.flatMap((answer) => [
    `  ${answer.ts} only ${name(answer.to)} in ${answer.channel}: ${answer.text}`,
    ...data(answer),
  ]);
  const views = [...workspace.views.values()]
    .flat()
    .map((open) => `  ${open.id} of ${name(open.user)}: ${open.view.title.text}`);
  const homes = [...workspace.homes.values()].map(
    ({ user, view }) => `  ${name(user)}:${blockList(view.blocks)}`,
  );
  return [
    ...channels,
    'Private answers',
    ...answers,
    'Open views',
    ...views,
    'Home tabs',
    ...homes,
    `Last calls of ${calls.length}`,
    ...calls.slice(-LAST_CALLS).map(callLine),
  ].join('\n');
}

function blockList(blocks: readonly unknown[]): string {
  const types = blocks.map((block) => (isObject(block) ? stringIn(block, 'type') : undefined));
  return types.length === 0 ? '' : ` [${types.join(' ')}]`;
}

function callLine(call: Call): string {
  const outcome = call.answer
    ? call.answer.ok
      ? 'ok'
      : `${call.answer.error} ${JSON.stringify(call.answer['errors'] ?? '')}`
    : 'no answer';
  return `  ${call.method}: ${call.fault === null ? '' : `${call.fault}, `}${outcome}`;
}
