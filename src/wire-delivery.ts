import { type CachingAccessCheck, createAccessCheck } from './access/access-check.ts';
import { contentWithOwner, createOwners, type Owners } from './access/account-owners.ts';
import { type ChannelAudiences, createChannelAudiences } from './access/channel-audiences.ts';
import { guardedMessenger } from './access/guarded-messenger.ts';
import { type CachingManagers, createManagers } from './access/managers.ts';
import { contentWithinReach, createRefusalFor } from './access/readers.ts';
import { createUserGroup } from './access/user-group.ts';
import type { SlackAccess } from './adapters/slack-client.ts';
import { slackMessenger } from './adapters/slack-messenger.ts';
import { supabaseAbsences } from './adapters/supabase-absences.ts';
import type { Database } from './adapters/supabase-client.ts';
import { supabaseHomes } from './adapters/supabase-homes.ts';
import { supabaseOutbox } from './adapters/supabase-outbox.ts';
import { supabaseDirectSettings } from './adapters/supabase-steps.ts';
import type { CardChannels, Directory } from './core/ports.ts';
import { channelsOf, type Env } from './env.ts';
import { createDeliverer, type Deliverer, type DelivererSettings } from './jobs/deliver.ts';
import { createHomeDrawing } from './jobs/draw-home.ts';
import { renderMessage } from './jobs/render-message.ts';
import type { Identity } from './lifecycle/identity.ts';
import type { Log } from './ops/log.ts';

export interface WireDeliverySettings {
  env: Env;
  log: Log;
  identity: Identity;
  slack: SlackAccess;
  directory: Directory;
  database: Database;
  cardChannels: CardChannels;
  deliverer: DelivererSettings;
  /** Monotonic milliseconds. */
  now(): number;
}

/** The delivering half of a bot, and the parts it shares with the other half. */
export interface DeliveryWiring {
  deliverer: Deliverer;
  accessCheck: CachingAccessCheck;
  channelAudiences: ChannelAudiences;
  owners: Owners;
  managers: CachingManagers;
}

/** Used by the bot and by `npm run erase`. Starts nothing. */
export function wireDelivery(settings: WireDeliverySettings): DeliveryWiring {
  const { env, log, identity, slack, directory, database, cardChannels, now } = settings;
  const { allowExternal } = env.access;
  const accessCheck = createAccessCheck({
    directory,
    channels: channelsOf(env),
    cardChannels,
    policy: env.access,
    now,
  });
  const channelAudiences = createChannelAudiences({
    directory,
    channels: channelsOf(env),
    cardChannels,
    allowExternal,
    log,
    now,
  });
  const owners = createOwners({ directory, log, now });
  const messenger = slackMessenger({ ...slack, botId: identity.botId });
  const { users, group } = env.managers;
  const managers = createManagers({
    users,
    group:
      group === null
        ? null
        : createUserGroup({
            id: group,
            directory,
            log,
            unreadable: 'could not read the user group of MANAGERS, so it adds no managers for now',
            now,
          }),
  });
  const drawHome = createHomeDrawing({
    accessCheck,
    homes: supabaseHomes(database),
    settings: supabaseDirectSettings(database),
    absences: supabaseAbsences(database),
    managers,
    deadlines: env.deadlines,
    timeZone: env.timeZone,
  });
  const readers = { accessCheck, cardChannels };
  const deliverer = createDeliverer({
    outbox: supabaseOutbox(database),
    messenger: allowExternal ? messenger : guardedMessenger(messenger, channelAudiences),
    async render(content, plain) {
      if (content.kind === 'home') return drawHome(content, plain);
      const within = await contentWithinReach(readers, content);
      const complete = await contentWithOwner(owners, within);
      return renderMessage(complete, plain, env.timeZone, identity.url);
    },
    refusalFor: createRefusalFor(readers),
    log,
    settings: settings.deliverer,
    ...(slack.meter !== undefined && { meter: slack.meter }),
  });
  return { deliverer, accessCheck, channelAudiences, owners, managers };
}
