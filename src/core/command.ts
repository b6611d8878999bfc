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
/** Quotes, brackets and full stops around what is asked for. */
const AROUND = /^[\s"'`*~“”‘’«»<(]+|[\s"'`*~“”‘’«»>).,;!?]+$/g;

/**
 * Reads what stands behind `/lead`. Slack sends bare domains as `<http://velocitypay.io|velocitypay.io>`
 * and addresses as `<mailto:a@b.example|a@b.example>`, with `&`, `<` and `>` escaped.
 */
export function parseCommand(text: string): LeadCommand {
  const written = plainText(text);
  if (written === '') return { kind: 'help' };
  // `@velocitypay.io` is the domain of an address; `@here` and `@alice` are nobody's.
  const asked = written.replace(AROUND, '').replace(/^@(?=[^\s@]+\.[^\s@]+$)/, '');
  const lower = asked.normalize('NFKC').toLowerCase();
  for (const word of WORDS) if (lower === word) return { kind: word };
  if (lower.length > LONGEST_QUERY || !/[\p{L}\p{N}]/u.test(lower) || /^[@#]/.test(lower)) {
    return { kind: 'nonsense', asked: asked || written };
  }
  return { kind: 'lookup', query: lookupQuery(lower), asked };
}

function plainText(text: string): string {
  return (
    text
      .replace(/<[@#!][^>]*>/g, '')
      .replace(/<(?:mailto:)?([^|>]*)(?:\|[^>]*)?>/g, '$1')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&')
      // Zero-width characters come along with copied text and stand inside words.
      .replace(/[\p{Cf}\p{Cs}]/gu, '')
      .replace(/\p{Cc}/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** Second levels under which registries sell names: `co.uk`, `com.au`, `or.jp`. Nobody's account is named so. */
const REGISTRY = /^(?:ac|co|com|edu|gov|ltd|ne|net|or|org|plc)$/;

function lookupQuery(asked: string): LookupQuery {
  const email = /^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(asked) ? asked : null;
  const hosts = hostsOf(email === null ? asked : email.slice(email.lastIndexOf('@') + 1));
  const [host] = hosts;
  if (host === undefined) return { keys: [], email, name: asked };
  const labels = host.split('.');
  const suffix = /\.[a-z]{2}$/.test(host) && REGISTRY.test(labels.at(-2) ?? '') ? 2 : 1;
  const named = labels.length > suffix ? labels.length - suffix : labels.length - 1;
  const keys = labels
    .slice(0, named)
    .flatMap((_, i) => hosts.map((form) => form.split('.').slice(i).join('.')));
  return { keys, email, name: labels[named - 1] ?? host };
}

/**
 * The host name in a domain or URL, without `www.`; none when the text is neither. A name beyond ASCII
 * comes in two forms, as it is written and as the DNS has it, because nobody says which the database holds.
 */
function hostsOf(asked: string): readonly string[] {
  const hasScheme = /^https?:\/\//.test(asked);
  if (!hasScheme && !/^[^\s/]+\.[\p{L}\p{N}-]{2,}(?::\d+)?(?:[/?#]\S*)?$/u.test(asked)) return [];
  const url = URL.parse(hasScheme ? asked : `https://${asked}`);
  const host = bare(url?.hostname ?? '');
  if (!/^[^.]+(?:\.[^.]+)+$/.test(host)) return [];
  const written = bare(/^(?:https?:\/\/)?(?:[^/?#]*@)?([^/?#:]*)/.exec(asked)?.[1] ?? '');
  const sameLabels = written.split('.').length === host.split('.').length;
  return written === host || !sameLabels ? [host] : [written, host];
}

const bare = (host: string): string => host.replace(/^www\./, '').replace(/\.$/, '');
