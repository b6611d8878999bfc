import type { Detour } from '../src/core/message.ts';
import { safe } from './text.ts';

/** Where a message in ALERT_CHANNEL was meant to go, and why it isn't there. */
export function detourNote(detour: Detour | undefined): string | null {
  if (detour === undefined) return null;
  const { meantFor, reason } = detour;
  const channel = /^[CG][A-Z0-9]{2,}$/.test(meantFor)
    ? `<#${meantFor}>`
    : `“${safe(meantFor, 80)}”`;
  switch (reason) {
    case 'invalid_channel':
      return `Meant for ${channel}, which is not a channel the bot can use.`;
    case 'too_many_channels':
      return `Meant for ${channel}, but leads name more than 50 channels.`;
    default:
      return `Meant for ${channel}, where the bot can't post (${safe(reason, 60)}).`;
  }
}
