import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertPicture, GestureResult } from '../core/alert.ts';
import type { Account } from '../core/lead.ts';
import type { Content } from '../core/message.ts';
import type { Alerts, Directory, OwnerLookup } from '../core/ports.ts';
import type { Log } from '../ops/log.ts';
import { createCache } from './cache.ts';

const HOUR_MS = 3_600_000;
/** A deactivated owner is mentioned for at most this long. */
const FRESH_MS = HOUR_MS;
/** Fallback age while Slack is down. */
const KEEP_MS = 6 * HOUR_MS;
const MAX_ADDRESSES = 2_000;
/** A card waits this long for a name. */
const WAIT_MS = 1_000;
/** Backoff after a lookup that failed or took longer. */
const BACK_OFF_MS = 30_000;

interface OwnersSettings {
  directory: Pick<Directory, 'memberWith' | 'backOffMs'>;
  log: Log;
  /** A monotonic clock in milliseconds. */
  now(): number;
}

export interface Owners extends OwnerLookup {
  /** Adds the owner's Slack id, if Slack finds it in time. Never rejects. */
  withOwner(account: Account): Promise<Account>;
}

/** Finds account owners in Slack by e-mail address. Misses are cached too. */
export function createOwners({ directory, log, now }: OwnersSettings): Owners {
  let backOffUntil = 0;
  let lacksScopeUntil = 0;
  let logged = false;
  const users = createCache({
    async load(email: string) {
      const found = await directory.memberWith(email);
      const { lacks } = found;
      if (lacks !== null) {
        lacksScopeUntil = now() + FRESH_MS;
        if (!logged) {
          logged = true;
          log.info(
            'account owners are shown by address and get no first call: the bot token lacks a scope',
            {
              reason: lacks,
            },
          );
        }
      }
      return found;
    },
    freshMs: FRESH_MS,
    keepMs: KEEP_MS,
    backOffMs: directory.backOffMs,
    maxKeys: MAX_ADDRESSES,
    now,
  });

  async function userWith(email: string): Promise<string | null> {
    const cached = (): string | null => users.known(email)?.value.user ?? null;
    if (now() < Math.max(backOffUntil, lacksScopeUntil)) return cached();
    const found = users.fresh(email, FRESH_MS).catch(() => undefined);
    const answer = await Promise.race([found, sleep(WAIT_MS, undefined, { ref: false })]);
    if (answer !== undefined) return answer.user;
    backOffUntil = Math.max(backOffUntil, now() + BACK_OFF_MS);
    return cached();
  }

  return {
    async withOwner(account) {
      const [lead, ...others] = account.leads;
      const email = addressOf(lead?.ownerEmail ?? '');
      if (lead === undefined || email === null) return account;
      return { ...account, leads: [{ ...lead, ownerUser: await userWith(email) }, ...others] };
    },
    async find(text) {
      const email = addressOf(text);
      if (email === null) return { why: 'unknown' };
      if (now() < lacksScopeUntil) return { why: 'lacks-scope' };
      const { user, lacks, refusal } = await users.get(email);
      if (user !== null) return { user };
      if (refusal !== null) return { why: 'refused', code: refusal };
      return { why: lacks === null ? 'unknown' : 'lacks-scope' };
    },
  };
}

/** The address in a text of a lead; null if it is none. */
function addressOf(text: string): string | null {
  const email = text.trim().toLowerCase();
  return /^[^\s@]+@[^\s@]+$/.test(email) ? email : null;
}

/** Adds the account's owner to a card. */
export async function contentWithOwner(owners: Owners, content: Content): Promise<Content> {
  return content.kind === 'card' || content.kind === 'dm'
    ? { ...content, picture: await pictureWithOwner(owners, content.picture) }
    : content;
}

async function pictureWithOwner(owners: Owners, picture: AlertPicture): Promise<AlertPicture> {
  return { ...picture, account: await owners.withOwner(picture.account) };
}

/** Adds the account's owner wherever one alert is returned. */
export function alertsWithOwners(alerts: Alerts, owners: Owners): Alerts {
  async function withOwner(outcome: Promise<GestureResult>): Promise<GestureResult> {
    const result = await outcome;
    if (result.ok) return { ok: true, picture: await pictureWithOwner(owners, result.picture) };
    const { refusal } = result;
    if (!('picture' in refusal)) return result;
    const picture = await pictureWithOwner(owners, refusal.picture);
    return { ok: false, refusal: { ...refusal, picture } };
  }
  return {
    ...alerts,
    claim: (...how) => withOwner(alerts.claim(...how)),
    pass: (...how) => withOwner(alerts.pass(...how)),
    keep: (...how) => withOwner(alerts.keep(...how)),
    giveBack: (...how) => withOwner(alerts.giveBack(...how)),
    release: (...how) => withOwner(alerts.release(...how)),
    contact: (...how) => withOwner(alerts.contact(...how)),
    handOver: (...how) => withOwner(alerts.handOver(...how)),
    outcome: (...how) => withOwner(alerts.outcome(...how)),
    snooze: (...how) => withOwner(alerts.snooze(...how)),
    notAFit: (...how) => withOwner(alerts.notAFit(...how)),
    addNote: (...how) => withOwner(alerts.addNote(...how)),
    undo: (...how) => withOwner(alerts.undo(...how)),
    async find(alertId) {
      const picture = await alerts.find(alertId);
      return picture === null ? null : pictureWithOwner(owners, picture);
    },
    async lookup(query, within) {
      const result = await alerts.lookup(query, within);
      if (result.kind !== 'found') return result;
      const { current } = result.picture;
      const account = await owners.withOwner(result.picture.account);
      return { kind: 'found', picture: { account, current } };
    },
  };
}
