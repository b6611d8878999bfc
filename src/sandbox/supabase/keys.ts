import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

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

/** API keys of the newer kind. They are no JWTs: only the front door knows which role each stands for. */
export interface ProjectKeys {
  /** For `service_role`. */
  secretKey: string;
  /** For `anon`. */
  publishableKey: string;
}

/** The same project has the same keys each time. */
export function projectKeys(secret: string): ProjectKeys {
  const make = (kind: string) => `sb_${kind}_${signature(secret, kind).slice(0, 31)}`;
  return { secretKey: make('secret'), publishableKey: make('publishable') };
}

/** What the front door makes of the keys of a request. */
export type Admission =
  | { admitted: true; authorization: string }
  | { admitted: false; message: string; hint: string };

/**
 * The rules of hosted Supabase for the headers `apikey` and `Authorization`, as its documentation has
 * them under "API keys".
 */
export function doorkeeper(secret: string): (headers: IncomingHttpHeaders) => Admission {
  const { secretKey, publishableKey } = projectKeys(secret);
  const tokens = new Map([
    [secretKey, signKey(secret, 'service_role')],
    [publishableKey, signKey(secret, 'anon')],
  ]);

  return (headers) => {
    const { apikey, authorization } = headers;
    if (typeof apikey !== 'string') {
      return refused(
        'No API key found in request',
        'No `apikey` request header or url param was found.',
      );
    }
    if (!(isOpaque(apikey) ? tokens.has(apikey) : isSigned(secret, apikey))) {
      return refused('Invalid API key', 'Double check the API key.');
    }
    if (apikey === secretKey && headers['user-agent']?.startsWith('Mozilla/')) {
      return refused(
        'Forbidden use of secret API key in browser',
        'Secret API keys can only be used in a protected environment.',
      );
    }
    const bearer = /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    if (isOpaque(bearer) && bearer !== apikey) {
      return refused(
        'Invalid API key',
        'A secret or publishable key is no bearer token: it belongs into the `apikey` header.',
      );
    }
    if (authorization !== undefined && !isOpaque(bearer)) return { admitted: true, authorization };
    return { admitted: true, authorization: `Bearer ${tokens.get(apikey) ?? apikey}` };
  };
}

const refused = (message: string, hint: string): Admission => ({ admitted: false, message, hint });

const isOpaque = (key: string): boolean => key.startsWith('sb_');

/** Whether this project signed the token; not whether it is still valid. */
function isSigned(secret: string, token: string): boolean {
  const dot = token.lastIndexOf('.');
  const given = Buffer.from(token.slice(dot + 1));
  const right = Buffer.from(signature(secret, token.slice(0, dot)));
  return given.length === right.length && timingSafeEqual(given, right);
}

const signature = (secret: string, body: string) =>
  createHmac('sha256', secret).update(body).digest('base64url');
