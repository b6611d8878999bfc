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
 * Describes quotes or a comment around a value, as words to follow its name; null if there are none. Node strips them
 * from .env; docker --env-file and systemd don't, or not all.
 */
export function strayQuotesOrComment(value: string): string | null {
  if (/^["'`“”„‘’‚«»]|["'`“”„‘’‚«»]$/.test(value)) {
    return 'has quotes around it, which docker --env-file takes for a part of the value: write it without';
  }
  if (/\s#/.test(value)) {
    return 'has a comment behind it, which docker --env-file takes for a part of the value: put that on a line of its own';
  }
  return null;
}

interface Kind {
  looks: RegExp;
  what: string;
  /** The setting it belongs in; null if none. */
  home: string | null;
}

/** Values we recognize, to explain when one is in the wrong setting. */
const KINDS: readonly Kind[] = [
  { looks: /^xoxb-/, what: 'a bot token (xoxb-…)', home: 'SLACK_BOT_TOKEN' },
  { looks: /^xapp-/, what: 'an app-level token (xapp-…)', home: 'SLACK_APP_TOKEN' },
  { looks: /^xox[ps]-/, what: "a person's token (xoxp-…)", home: null },
  {
    looks: /^xoxe[-.]/,
    what: 'a token that expires (xoxe…): switch token rotation off in the app',
    home: null,
  },
  { looks: /^sb_secret_/, what: 'a secret key (sb_secret_…)', home: 'SUPABASE_KEY' },
  {
    looks: /^sb_publishable_/,
    what: 'a publishable key (sb_publishable_…)',
    home: 'SUPABASE_PUBLISHABLE_KEY',
  },
  { looks: /^sbp_/, what: "an access token of Supabase's CLI (sbp_…)", home: null },
  { looks: /^postgres(?:ql)?:/i, what: 'a connection string', home: 'DATABASE_URL' },
  {
    looks: /^https?:\/\/[^/]*\.supabase\.co\b/i,
    what: 'the address of a Supabase project',
    home: 'SUPABASE_URL',
  },
  { looks: /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/, what: 'a token (JWT)', home: 'SUPABASE_KEY' },
  // The first letter of a Slack id tells its type.
  { looks: /^[UW][A-Z0-9]{6,}$/, what: "a person's id (U…)", home: null },
  { looks: /^D[A-Z0-9]{6,}$/, what: 'the id of a direct message (D…)', home: null },
  { looks: /^T[A-Z0-9]{6,}$/, what: 'the id of a workspace (T…)', home: null },
  { looks: /^[CG][A-Z0-9]{6,}$/, what: 'the id of a channel (C…)', home: 'ALERT_CHANNEL' },
  { looks: /^https:\/\/[^/]+\.slack\.com\//, what: 'a link to Slack', home: null },
  { looks: /^<#/, what: 'a mention of a channel', home: null },
];

/** Describes a value that belongs elsewhere than in `name`; null if it isn't recognized. */
export function describeMisplaced(name: string, value: string): string | null {
  const kind = KINDS.find(({ looks }) => looks.test(value));
  if (kind === undefined || kind.home === name) return null;
  return `it holds ${kind.what}${kind.home === null ? '' : `, which belongs in ${kind.home}`}`;
}

const DEFAULT_PORT = 3000;

/** The HTTP port: `PORT`, else 3000 in HTTP mode, else none. NaN if `PORT` is not a number. */
export function listeningPort(vars: Vars): number | null {
  const { PORT, SLACK_APP_TOKEN } = trimmed(vars);
  if (PORT !== undefined) return /^\d+$/.test(PORT) ? Number(PORT) : Number.NaN;
  return SLACK_APP_TOKEN === undefined ? DEFAULT_PORT : null;
}
