/** What a lookup searches for; everything lower-cased. */
export interface LookupQuery {
  /** Account keys in the order in which they are tried: `app.velocitypay.io`, `velocitypay.io`. */
  keys: readonly string[];
  email: string | null;
  /** For the company's name and for near matches; empty when there is nothing to compare. */
  name: string;
}

export type LeadCommand =
  | { kind: 'help' }
  | { kind: 'hot' }
  | { kind: 'mine' }
  | { kind: 'digest' }
  | { kind: 'lookup'; query: LookupQuery; asked: string }
  | { kind: 'nonsense'; asked: string };

const WORDS = new Set(['help', 'hot', 'mine', 'digest'] as const);
const LONGEST_QUERY = 200;

/**
 * Reads what stands behind `/lead`. Slack sends bare domains as `<http://velocitypay.io|velocitypay.io>`
 * and addresses as `<mailto:a@b.example|a@b.example>`, with `&`, `<` and `>` escaped.
 */
export function parseCommand(text: string): LeadCommand {
  const asked = plainText(text);
  const lower = asked.toLowerCase();
  if (lower === '') return { kind: 'help' };
  for (const word of WORDS) if (lower === word) return { kind: word };
  if (lower.length > LONGEST_QUERY || !/[\p{L}\p{N}]/u.test(lower) || /^[@#]/.test(lower)) {
    return { kind: 'nonsense', asked };
  }
  return { kind: 'lookup', query: lookupQuery(lower), asked };
}

function plainText(text: string): string {
  return text
    .replace(/<[@#!][^>]*>/g, '')
    .replace(/<(?:mailto:)?([^|>]*)(?:\|[^>]*)?>/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/[\p{Cf}\p{Cc}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[\s"'`“”‘’«»<(]+|[\s"'`“”‘’«»>).,;!?]+$/g, '');
}

function lookupQuery(asked: string): LookupQuery {
  const email = /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(asked) ? asked : null;
  const host = hostOf(email === null ? asked : email.slice(email.lastIndexOf('@') + 1));
  if (host === null) return { keys: [], email, name: asked };
  const labels = host.split('.');
  const keys = labels.slice(0, -1).map((_, i) => labels.slice(i).join('.'));
  return { keys, email, name: labels.at(-2) ?? host };
}

/** The host name in a domain or URL, without `www.`; null when the text is neither. */
function hostOf(asked: string): string | null {
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//.test(asked);
  if (!hasScheme && !/^[^\s/]+\.[\p{L}\p{N}-]{2,}(?::\d+)?(?:[/?#]\S*)?$/u.test(asked)) return null;
  const url = URL.parse(hasScheme ? asked : `https://${asked}`);
  const host = url?.hostname.replace(/^www\./, '').replace(/\.$/, '') ?? '';
  return host.includes('.') ? host : null;
}
