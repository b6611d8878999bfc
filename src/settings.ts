/** Environment variables, as the bot and the container's health check read them. */
export type Vars = Readonly<Record<string, string | undefined>>;

/** Trims values; an empty variable counts as missing. */
export const trimmed = (vars: Vars): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(vars)
      .map(([name, value]) => [name, value?.trim()])
      .filter(([, value]) => value !== undefined && value !== ''),
  );

/**
 * Describes quotes or a comment left in a value, as words that follow its name; null if there are none. Node strips
 * them from .env; docker --env-file and systemd keep some.
 */
export function strayQuotesOrComment(value: string): string | null {
  if (/^["'`“”„‘’‚«»]|["'`“”„‘’‚«»]$/.test(value)) {
    return 'has quotes around it, which docker --env-file keeps as part of the value: write it without them';
  }
  if (/\s#/.test(value)) {
    return 'has a comment after it, which docker --env-file keeps as part of the value: put the comment on its own line';
  }
  return null;
}

interface Kind {
  looks: RegExp;
  what: string;
  /** The setting it belongs in; null if none. */
  home: string | null;
}

/** Recognizable values, to explain when one is in the wrong setting. */
const KINDS: readonly Kind[] = [
  { looks: /^xoxb-/, what: 'a bot token (xoxb-…)', home: 'SLACK_BOT_TOKEN' },
  { looks: /^xapp-/, what: 'an app-level token (xapp-…)', home: 'SLACK_APP_TOKEN' },
  { looks: /^xox[ps]-/, what: 'a user token (xoxp-…)', home: null },
  {
    looks: /^xoxe[-.]/,
    what: 'an expiring token (xoxe…): turn off token rotation in the app',
    home: null,
  },
  { looks: /^sb_secret_/, what: 'a secret key (sb_secret_…)', home: 'SUPABASE_KEY' },
  {
    looks: /^sb_publishable_/,
    what: 'a publishable key (sb_publishable_…)',
    home: 'SUPABASE_PUBLISHABLE_KEY',
  },
  { looks: /^whsec_/, what: 'a webhook secret (whsec_…)', home: 'OUTCOME_WEBHOOK_SECRET' },
  { looks: /^sbp_/, what: 'an access token for the Supabase CLI (sbp_…)', home: null },
  { looks: /^postgres(?:ql)?:/i, what: 'a connection string', home: 'DATABASE_URL' },
  {
    looks: /^https?:\/\/[^/]*\.supabase\.co\b/i,
    what: 'a Supabase project URL',
    home: 'SUPABASE_URL',
  },
  { looks: /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/, what: 'a token (JWT)', home: 'SUPABASE_KEY' },
  // Slack ids start with their type.
  { looks: /^[UW][A-Z0-9]{6,}$/, what: 'a user id (U…)', home: null },
  { looks: /^D[A-Z0-9]{6,}$/, what: 'a direct message id (D…)', home: null },
  { looks: /^T[A-Z0-9]{6,}$/, what: 'a workspace id (T…)', home: null },
  { looks: /^[CG][A-Z0-9]{6,}$/, what: 'a channel id (C…)', home: 'ALERT_CHANNEL' },
  { looks: /^https:\/\/[^/]+\.slack\.com\//, what: 'a link to Slack', home: null },
  { looks: /^<#/, what: 'a channel mention', home: null },
];

/** Describes a recognizable value that doesn't belong in `name`; null otherwise. */
export function describeMisplaced(name: string, value: string): string | null {
  const kind = KINDS.find(({ looks }) => looks.test(value));
  if (kind === undefined || kind.home === name) return null;
  return `it contains ${kind.what}${kind.home === null ? '' : `, which belongs in ${kind.home}`}`;
}

const DEFAULT_PORT = 3000;

/** The HTTP port: `PORT`, else 3000 in HTTP mode, else none. NaN if `PORT` is not a number. */
export function listeningPort(vars: Vars): number | null {
  const { PORT, SLACK_APP_TOKEN } = trimmed(vars);
  if (PORT !== undefined) return /^\d+$/.test(PORT) ? Number(PORT) : Number.NaN;
  return SLACK_APP_TOKEN === undefined ? DEFAULT_PORT : null;
}
