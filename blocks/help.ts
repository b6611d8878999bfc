import type { Drawing } from '../src/core/message.ts';
import { context, message, section } from './parts.ts';

export function help(): Drawing {
  const commands = [
    '`/lead velocitypay.io`: look up a company by domain, URL, email address, LinkedIn page, or a name (of the company or a person)',
    '`/lead why velocitypay.io`: what I did about a company, what I left out, and how far it is from hot',
    '`/lead hot`: hot leads, unclaimed first',
    '`/lead mine`: leads you have claimed',
    '`/lead hot fintech`, `/lead hot &gt;500`, `/lead mine late`: only some of them; words can be an industry, funding stage, stack, plan or feature',
    "`/lead digest`: today's digest, only for you",
    "`/lead away until Monday`: you're away, and no new leads go to you first; `/lead away` shows what else it can read, and how to name a cover",
    "`/lead back`: you're back; shows what is waiting for you",
    '`/lead settings`: what you are notified of',
    '`/lead stats 30d`: what came of the alerts of 7, 30 or 90 days: times, outcomes, and which signals were wrong',
    '`/lead tune 85`: what another score, or other weights, would have done with past leads',
  ];
  return message(
    'What /lead can do: look up a company, why, hot, mine, digest, away, back, settings, stats, tune.',
    [
      section(`*What \`/lead\` can do*\n${commands.map((line) => `• ${line}`).join('\n')}`),
      context('For a company with one of these words as its name: `/lead company Hot`.'),
      context(
        'Mention me, and I answer in the same way. *Companies in message*, in the menu of a message, looks up the companies it names.',
      ),
      context('Only you see the answers. *Share in channel* shows one to everyone.'),
    ],
  );
}
