import type { App } from '@slack/bolt';
import { help } from '../../blocks/help.ts';
import { filterUnreadable } from '../../blocks/list-filter.ts';
import {
  foundAnswer,
  nearAnswer,
  noMatchAnswer,
  noMatchInChannels,
  notACompany,
  withNamesakes,
} from '../../blocks/lookup-answer.ts';
import { byNameAlone, type Intent, type LookupQuery, parseCommand } from '../core/command.ts';
import type { Drawing } from '../core/message.ts';
import { sayAway, sayBack } from './away.ts';
import type { ListenerDeps } from './deps.ts';
import { saySettings } from './direct-settings.ts';
import { type AccessGrant, gestureContext } from './gesture-context.ts';
import { firstPage, listAnswer } from './private-answers.ts';
import { sayStats } from './stats.ts';
import { sayTune } from './tune.ts';
import { sayWhy } from './why.ts';

/** All answers are private. The guard has acknowledged the command. */
export function onLeadCommand(app: App, deps: ListenerDeps): void {
  const { surface } = deps;
  app.command('/lead', async ({ context }) => {
    const ours = gestureContext(context);
    if (ours?.gesture.kind !== 'command') return;
    const { text, user, channel, responseUrl } = ours.gesture;
    const drawing = await answerCommand(deps, ours.grant, text, user);
    if (responseUrl === null) await surface.tell(user, channel, drawing);
    else await surface.answer(responseUrl, drawing, 'person');
  });
}

export async function answerCommand(
  deps: ListenerDeps,
  grant: AccessGrant,
  text: string,
  user: string,
): Promise<Drawing> {
  const command = parseCommand(text);
  deps.log.info('command', { kind: command.kind, user });
  switch (command.kind) {
    case 'help':
      return help();
    case 'digest':
      return besideNamesakes(grant, command.kind, listAnswer(deps, grant, command.kind, user));
    case 'hot':
    case 'mine': {
      const { kind, filter } = command;
      const name = filter === undefined ? kind : `${kind} ${filter.text}`;
      return besideNamesakes(grant, name, listAnswer(deps, grant, firstPage(kind, filter), user));
    }
    case 'unreadable-filter':
      return filterUnreadable(command.list, command.part);
    case 'away': {
      const drawing = sayAway(deps, grant, command.words, user);
      return command.words === '' ? besideNamesakes(grant, command.kind, drawing) : drawing;
    }
    case 'back':
      return besideNamesakes(grant, command.kind, sayBack(deps, grant, user));
    case 'settings':
      return besideNamesakes(grant, command.kind, saySettings(deps, user));
    case 'why':
      return sayWhy(deps, grant, command.words);
    // *Stats Perform* is a company.
    case 'stats':
      return besideNamesakes(
        grant,
        `${command.kind} ${command.words}`.trim(),
        sayStats(deps, grant, command.words, user),
      );
    case 'tune':
      return besideNamesakes(
        grant,
        `${command.kind} ${command.words}`.trim(),
        sayTune(deps, grant, command.words),
      );
    case 'nonsense':
      return notACompany(command.asked);
    case 'lookup':
      return lookUp(deps, grant, command.query, command.asked, user, command.intent);
  }
}

/** The answer to a word, and below it any company with that very name. */
async function besideNamesakes(
  grant: AccessGrant,
  word: string,
  answer: Promise<Drawing>,
): Promise<Drawing> {
  const [drawing, named] = await Promise.all([answer, grant.alerts.lookup(byNameAlone(word))]);
  return named.kind === 'none' ? drawing : withNamesakes(drawing, word, named);
}

export async function lookUp(
  deps: ListenerDeps,
  { alerts, reach }: AccessGrant,
  query: LookupQuery,
  asked: string,
  user: string,
  intent: Intent | null = null,
): Promise<Drawing> {
  const result = await alerts.lookup(query);
  switch (result.kind) {
    case 'found':
      return foundAnswer(result.picture, user, intent);
    case 'near':
      return nearAnswer(asked, result.matches, result.fitting);
    case 'none':
      if (query.near === null) return notACompany(asked);
      return reach === 'everything'
        ? noMatchAnswer(asked)
        : noMatchInChannels(asked, reach, deps.alertChannel);
  }
}
