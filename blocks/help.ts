import type { Drawing } from '../src/core/message.ts';
import { context, message, section } from './parts.ts';

export function help(): Drawing {
  const commands = [
    '`/lead velocitypay.io`: look up a company by domain, URL, email address, LinkedIn page, or a name (of the company or a person)',
    '`/lead hot`: hot leads, unclaimed first',
    '`/lead mine`: leads you have claimed',
    "`/lead digest`: today's digest, only for you",
    '`/lead away until Monday cover @ben`: no new leads go to you first, but to Ben; `/lead away` has the other forms',
    '`/lead back`: end that, and see what waits for you',
  ];
  return message('What /lead can do: look up a company, hot, mine, digest, away, back.', [
    section(`*What \`/lead\` can do*\n${commands.map((line) => `• ${line}`).join('\n')}`),
    context('For a company with one of these words as its name: `/lead company Hot`.'),
    context('Only you see the answers. *Share in channel* shows one to everyone.'),
  ]);
}
