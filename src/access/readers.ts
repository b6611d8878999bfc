import type { Content, Verdict } from '../core/message.ts';
import type { AccessCheck, CardChannels } from '../core/ports.ts';

/** A direct message waits this long for Slack to say who its reader is. */
const WAIT_MS = 2_500;
const ASK_AGAIN_MS = 5_000;

interface ReadersSettings {
  accessCheck: Pick<AccessCheck, 'decide'>;
  cardChannels: Pick<CardChannels, 'holds'>;
}

/** Only users who may work on an alert get direct messages about it. Never rejects. */
export const createRefusalFor =
  ({ accessCheck, cardChannels }: ReadersSettings) =>
  async (content: Content): Promise<Verdict | null> => {
    if (content.kind !== 'dm') return null;
    const decision = await accessCheck.decide(content.reason.to, WAIT_MS);
    if ('why' in decision) return decision.why === 'unchecked' ? UNCHECKED : NOT_ADMITTED;
    const { reach } = decision;
    if (reach === 'everything') return null;
    const holds = await cardChannels.holds(reach, content.picture.alert.id).catch(() => null);
    if (holds === null) return UNCHECKED;
    return holds ? null : NOT_ADMITTED;
  };

const UNCHECKED: Verdict = {
  kind: 'later',
  reason: 'reader_unknown',
  afterMs: ASK_AGAIN_MS,
  wholeChannel: false,
  counts: false,
};

const NOT_ADMITTED: Verdict = { kind: 'pause', reason: 'not_admitted', everything: false };
