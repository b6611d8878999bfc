import { createHmac, timingSafeEqual } from 'node:crypto';

export type Role = 'anon' | 'authenticated' | 'service_role' | 'lead_bot';

export interface KeyOptions {
  /** Seconds from now until the key expires; negative for one that has. Ten years unless told. */
  expiresIn?: number;
  /** More claims, `sub` for instance. */
  claims?: Readonly<Record<string, string | number | boolean>>;
}

const TEN_YEARS = 10 * 365 * 24 * 3600;

/** A key as Supabase's legacy API keys are: a JWT signed HS256 whose `role` PostgREST switches to. */
export function signKey(secret: string, role: string, options: KeyOptions = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = {
    iss: 'supabase',
    ref: 'sandbox',
    role,
    iat: now,
    exp: now + (options.expiresIn ?? TEN_YEARS),
    ...options.claims,
  };
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
  return `${body}.${signature(secret, body)}`;
}

/** Whether this project signed the key; not whether it is still valid. */
export function isOurKey(secret: string, key: string): boolean {
  const dot = key.lastIndexOf('.');
  const given = Buffer.from(key.slice(dot + 1));
  const right = Buffer.from(signature(secret, key.slice(0, dot)));
  return given.length === right.length && timingSafeEqual(given, right);
}

const signature = (secret: string, body: string) =>
  createHmac('sha256', secret).update(body).digest('base64url');
