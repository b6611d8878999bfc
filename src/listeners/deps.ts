import type { ChannelAudience } from '../core/ports.ts';
import type { GuardDeps } from './guard.ts';

/** What every listener is given. The alerts come with each gesture, as far as the person may see them. */
export interface ListenerDeps extends Omit<GuardDeps, 'alerts' | 'accessCheck' | 'cardChannels'> {
  channelAudience: ChannelAudience;
  alertChannel: string;
  digestChannel: string;
  timeZone: string;
  /** Called when messages may be due. */
  wake: () => void;
  now: () => Date;
}
