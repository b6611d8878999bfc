import type { Content, Verdict } from '../core/message.ts';
import type { AccessCheck, CardChannels } from '../core/ports.ts';

/** A direct message waits this long for Slack to say who its reader is. */
const WAIT_MS = 2_500;
const ASK_AGAIN_MS = 5_000;

interface ReadersSettings {
  accessCheck: Pick<AccessCheck, 'decide'>;
  cardChannels: Pick<CardChannels, 'holds'>;
}

/**
 * Only users who may work on an alert get direct messages about it; a list, if they may on one of its. A Home tab says
 * itself what its user may not see, once that is known. Never rejects.
 */
export const createRefusalFor =
  (settings: ReadersSettings) =>
  async (content: Content): Promise<Verdict | null> => {
    if (content.kind === 'home') {
      const decision = await settings.accessCheck.decide(content.user, WAIT_MS);
      return 'why' in decision && decision.why === 'unchecked' ? UNCHECKED : null;
    }
    if (content.kind !== 'dm' && content.kind !== 'dm-list') return null;
    const { to } = content.kind === 'dm' ? content.reason : content.list;
    const decision = await settings.accessCheck.decide(to, WAIT_MS);
    if ('why' in decision) return decision.why === 'unchecked' ? UNCHECKED : NOT_ADMITTED;
    if (decision.reach === 'everything') return null;
    const alertIds =
      content.kind === 'dm'
        ? [content.picture.alert.id]
        : content.list.rows.map(({ picture }) => picture.alert.id);
    const within = await idsWithin(settings, decision.reach, alertIds).catch(() => null);
    if (within === null) return UNCHECKED;
    return within.size > 0 ? null : NOT_ADMITTED;
  };

/** A list without the alerts that its reader may not work on. @throws if Slack or the database can't tell */
export async function contentWithinReach(
  settings: ReadersSettings,
  content: Content,
): Promise<Content> {
  if (content.kind !== 'dm-list') return content;
  const { list } = content;
  const decision = await settings.accessCheck.decide(list.to, WAIT_MS);
  if ('why' in decision) throw new Error(`the reader of a direct message: ${decision.why}`);
  if (decision.reach === 'everything') return content;
  const alertIds = list.rows.map(({ picture }) => picture.alert.id);
  const within = await idsWithin(settings, decision.reach, alertIds);
  const rows = list.rows.filter(({ picture }) => within.has(picture.alert.id));
  // What isn't shown may be out of reach, too.
  return { kind: 'dm-list', list: { ...list, rows, total: rows.length } };
}

async function idsWithin(
  { cardChannels }: ReadersSettings,
  channels: readonly string[],
  alertIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const held = await Promise.all(alertIds.map((id) => cardChannels.holds(channels, id)));
  return new Set(alertIds.filter((_, n) => held[n]));
}

const UNCHECKED: Verdict = {
  kind: 'later',
  reason: 'reader_unknown',
  afterMs: ASK_AGAIN_MS,
  wholeChannel: false,
  counts: false,
};

const NOT_ADMITTED: Verdict = { kind: 'pause', reason: 'not_admitted', everything: false };
