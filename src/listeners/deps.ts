import type { ChannelAudience } from '../core/ports.ts';
import type { GuardDeps } from './guard.ts';

/** Alerts are missing: each gesture's grant has those that its user may see. */
export interface ListenerDeps extends Omit<GuardDeps, 'alerts' | 'accessCheck' | 'cardChannels'> {
  channelAudience: ChannelAudience;
  alertChannel: string;
  digestChannel: string;
  timeZone: string;
  /** Wakes the deliverer. */
  wake: () => void;
  now: () => Date;
}
