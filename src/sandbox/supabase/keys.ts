import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';

export type Role = 'anon' | 'authenticated' | 'service_role' | 'lead_bot';

export interface KeyOptions {
  /** Seconds from now; negative for an expired key. Default ten years. */
  expiresIn?: number;
  /** More claims, for instance `sub`. */
  claims?: Readonly<Record<string, string | number | boolean>>;
}

const TEN_YEARS = 10 * 365 * 24 * 3600;

/** Like Supabase's legacy API keys: an HS256 JWT. PostgREST switches to its `role`. */
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

/** The newer API keys. They are not JWTs: only the gateway knows the role of each. */
export interface ProjectKeys {
  /** For `service_role`. */
  secretKey: string;
  /** For `anon`. */
  publishableKey: string;
}

/** Deterministic. */
export function projectKeys(secret: string): ProjectKeys {
  const make = (kind: string) => `sb_${kind}_${signature(secret, kind).slice(0, 31)}`;
  return { secretKey: make('secret'), publishableKey: make('publishable') };
}

export type Admission =
  | { admitted: true; authorization: string }
  | { admitted: false; message: string; hint: string };

/** Hosted Supabase's rules for the headers `apikey` and `Authorization`, documented under "API keys". */
export function keyChecker(
  secret: string,
): (headers: IncomingHttpHeaders, path: string) => Admission {
  const { secretKey, publishableKey } = projectKeys(secret);
  const tokens = new Map([
    [secretKey, signKey(secret, 'service_role')],
    [publishableKey, signKey(secret, 'anon')],
  ]);

  return (headers, path) => {
    const { apikey, authorization } = headers;
    if (typeof apikey !== 'string') {
      return refused(
        'No API key found in request',
        'No `apikey` request header or url param was found.',
      );
    }
    const role = roleOf(tokens.get(apikey) ?? apikey, secret);
    if (role === null) {
      return refused('Invalid API key', 'Double check the API key.');
    }
    if (apikey === secretKey && headers['user-agent']?.startsWith('Mozilla/')) {
      return refused(
        'Forbidden use of secret API key in browser',
        'Secret API keys can only be used in a protected environment.',
      );
    }
    if (path === '/' && role !== 'service_role') {
      return refused(
        'Access to schema is forbidden',
        'Only the `service_role` API key can be used for this endpoint.',
      );
    }
    const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    if (isOpaque(bearer) && bearer !== apikey) {
      return refused(
        'Invalid API key',
        'A secret or publishable key is not a bearer token. Send it in the `apikey` header.',
      );
    }
    if (authorization !== undefined && !isOpaque(bearer)) return { admitted: true, authorization };
    return { admitted: true, authorization: `Bearer ${tokens.get(apikey) ?? apikey}` };
  };
}

const refused = (message: string, hint: string): Admission => ({ admitted: false, message, hint });

const isOpaque = (key: string): boolean => key.startsWith('sb_');

const claims = z.object({ role: z.enum(['anon', 'service_role']) });

/** The role of a legacy key, even an expired one; null for any other token. */
function roleOf(key: string, secret: string): z.infer<typeof claims>['role'] | null {
  const dot = key.lastIndexOf('.');
  const given = Buffer.from(key.slice(dot + 1));
  const right = Buffer.from(signature(secret, key.slice(0, dot)));
  if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
  const payload = Buffer.from(key.split('.')[1] ?? '', 'base64url').toString();
  return claims.safeParse(JSON.parse(payload)).data?.role ?? null;
}

const signature = (secret: string, body: string) =>
  createHmac('sha256', secret).update(body).digest('base64url');
