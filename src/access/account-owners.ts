import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertPicture, GestureResult } from '../core/alert.ts';
import type { Account } from '../core/lead.ts';
import type { Content } from '../core/message.ts';
import type { Alerts, Directory } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { createCache } from './cache.ts';

const HOUR_MS = 3_600_000;
/** Who is deactivated is no longer mentioned from the next drawing after this on. */
const FRESH_MS = HOUR_MS;
/** How long the last answer stands in while Slack can't be asked. */
const KEEP_MS = 6 * HOUR_MS;
const MOST_ADDRESSES = 2_000;
/** No card waits longer for a name. */
const WAIT_MS = 1_000;
/** After a question that took longer, or failed, nobody waits for this long. */
const QUIET_MS = 30_000;

export interface OwnersSettings {
  directory: Pick<Directory, 'memberWith' | 'backOffMs'>;
  log: Log;
  /** Milliseconds of a clock that is never set back. */
  now(): number;
}

export interface Owners {
  /** The account with the Slack id of its owner, as far as Slack says so in time. Never rejects. */
  in(account: Account): Promise<Account>;
}

/** Finds account owners in Slack by their addresses, and remembers who is not there, too. */
export function createOwners({ directory, log, now }: OwnersSettings): Owners {
  let quietUntil = 0;
  let told = false;
  const memory = createCache({
    async load(email: string) {
      const { user, lacks } = await directory.memberWith(email);
      if (lacks !== null) {
        quietUntil = now() + FRESH_MS;
        if (!told) {
          told = true;
          log.info('account owners are shown by address: the bot token lacks a scope', {
            reason: lacks,
          });
        }
      }
      return user;
    },
    freshMs: FRESH_MS,
    keepMs: KEEP_MS,
    backOffMs: directory.backOffMs,
    maxKeys: MOST_ADDRESSES,
    now,
  });

  async function userWith(email: string): Promise<string | null> {
    const before = (): string | null => memory.known(email)?.value ?? null;
    if (now() < quietUntil) return before();
    const asked = memory.fresh(email, FRESH_MS).catch(() => undefined);
    const patience = new AbortController();
    const late = sleep(WAIT_MS, undefined, { signal: patience.signal }).catch(() => undefined);
    const answer = await Promise.race([asked, late]);
    patience.abort();
    if (answer !== undefined) return answer;
    quietUntil = Math.max(quietUntil, now() + QUIET_MS);
    return before();
  }

  return {
    async in(account) {
      const [lead, ...others] = account.leads;
      const email = lead?.ownerEmail?.trim().toLowerCase() ?? '';
      if (lead === undefined || !/^[^\s@]+@[^\s@]+$/.test(email)) return account;
      return { ...account, leads: [{ ...lead, ownerUser: await userWith(email) }, ...others] };
    },
  };
}

/** What a message shows, with the owner of the account where it is a card. */
export async function contentWithOwner(owners: Owners, content: Content): Promise<Content> {
  return content.kind === 'card'
    ? { ...content, picture: await pictureWithOwner(owners, content.picture) }
    : content;
}

async function pictureWithOwner(owners: Owners, picture: AlertPicture): Promise<AlertPicture> {
  return { ...picture, account: await owners.in(picture.account) };
}

/** The same alerts, whose answers about one company name its owner. */
export function alertsWithOwners(alerts: Alerts, owners: Owners): Alerts {
  async function named(made: Promise<GestureResult>): Promise<GestureResult> {
    const result = await made;
    if (result.ok) return { ok: true, picture: await pictureWithOwner(owners, result.picture) };
    const { refusal } = result;
    if (!('picture' in refusal)) return result;
    const picture = await pictureWithOwner(owners, refusal.picture);
    return { ok: false, refusal: { ...refusal, picture } };
  }
  return {
    ...alerts,
    claim: (alertId, user) => named(alerts.claim(alertId, user)),
    release: (alertId, user) => named(alerts.release(alertId, user)),
    contact: (alertId, user, method, note) => named(alerts.contact(alertId, user, method, note)),
    async find(alertId) {
      const picture = await alerts.find(alertId);
      return picture === null ? null : pictureWithOwner(owners, picture);
    },
    async lookup(query, within) {
      const result = await alerts.lookup(query, within);
      if (result.kind !== 'found') return result;
      const { current } = result.picture;
      const account = await owners.in(result.picture.account);
      return { kind: 'found', picture: { account, current } };
    },
  };
}
