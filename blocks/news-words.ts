import type { NewsItem } from '../src/core/steps.ts';
import { growth, points } from './format.ts';
import { labeledLine } from './parts.ts';
import { emailLink, safe } from './text.ts';

const SHOWN = 8;

/** What has changed about a company, one line each, as safe mrkdwn. Lines without visible text are left out. */
export function newsLines(items: readonly NewsItem[], most = SHOWN): string[] {
  const lines = items.map(newsLine).filter((line) => line !== null);
  const more = lines.length - most;
  return more > 0 ? [...lines.slice(0, most), `+${more} more in *Details*`] : lines;
}

/** Whether there is a reason in it to reach out. */
export const isGoodNews = (items: readonly NewsItem[]): boolean =>
  items.some(({ kind }) => kind !== 'cooled' && kind !== 'growth-halved');

function newsLine(item: NewsItem): string | null {
  switch (item.kind) {
    case 'champion':
      return labeledLine('Another champion', champion(item));
    case 'growth-halved':
      return labeledLine(
        'Growth of API calls has halved',
        `${growth(item.from) ?? '0%'} → ${growth(item.to) ?? '0%'}`,
      );
    case 'cooled':
      return 'This company is no longer hot.';
    case 'hot-again':
      return 'This company is hot again.';
    case 'signal':
      return labeledLine('New strong signal', safe(item.title, 150));
    case 'decision-maker': {
      const title = item.title === null ? '' : safe(item.title, 80);
      const name = safe(item.who, 80) || 'Unnamed';
      return labeledLine('New decision maker', title === '' ? name : `${name}, ${title}`);
    }
    case 'rise':
      return labeledLine('Best score is up', `${points(item.from)} → ${points(item.to)}`);
  }
}

/** `Ana Ruiz (ana@acme.example), 84: team of 5, 3M API calls`. */
function champion({ who, address, score, why }: NewsItem & { kind: 'champion' }): string {
  const name = safe(who, 80);
  const at = address === null ? '' : emailLink(address);
  const named =
    name === '' ? at || 'A developer' : at === '' || who === address ? name : `${name} (${at})`;
  const scored = score === null ? named : `${named}, ${points(score)}`;
  const because = why === null ? '' : safe(why, 200);
  return because === '' ? scored : `${scored}: ${because}`;
}
