/** What a lookup searches for, as it was typed: the database gives domains and names the form in which it compares them. */
export interface LookupQuery {
  /** Domains (or account keys) in the order in which they are tried: `app.velocitypay.io`, `velocitypay.io`. */
  keys: readonly string[];
  emails: readonly string[];
  /** Names of a company or a person, in the order in which they are tried. */
  names: readonly string[];
  /** Pages at LinkedIn: `company/velocitypay`, `in/marcus-chen`. */
  profiles: readonly string[];
  /** What other names are compared with when nothing fits; null: then nothing is found. */
  near: string | null;
  /** Whether a company fits when `near` is a part of its name. */
  parts: boolean;
}

/** What was to be done with the company; a button of the answer does it. */
export type Intent = 'claim' | 'release' | 'contact';

export type ListWord = 'hot' | 'mine' | 'digest';

type LeadCommand =
  | { kind: 'help' }
  | { kind: ListWord }
  | { kind: 'lookup'; query: LookupQuery; asked: string; intent: Intent | null }
  | { kind: 'nonsense'; asked: string };

const WORDS = new Set(['help', 'hot', 'mine', 'digest'] as const);
const LONGEST_QUERY = 200;
/** Slack writes what was typed longer: links twice, `&amp;`. Nobody looks further. */
const LONGEST_TEXT = 4_000;
/** Quotes, brackets and full stops around what is asked for. */
const AROUND = /^[\s"'`*~“”‘’«»<(]+|[\s"'`*~“”‘’«»>).,;!?]+$/g;
const MENTION = /<[@#!][^<>]*>/g;
/** Slack sends a bare domain as `<http://velocitypay.io|velocitypay.io>`, an address as `<mailto:a@b.example|a@b.example>`. */
const LINK = /<([^<>|]*)(?:\|([^<>]*))?>/g;

/** Reads what stands behind `/lead`. Slack escapes `&`, `<` and `>`. Takes time in proportion to 4,000 characters at most. */
export function parseCommand(text: string): LeadCommand {
  const cut = text.slice(0, LONGEST_TEXT);
  const written = plainText(handleOf(cut) ?? cut.replace(MENTION, ''));
  if (written === '') return { kind: 'help' };
  const trimmed = written.slice(0, 2 * LONGEST_QUERY).replace(AROUND, '');
  // An address in brackets keeps them, as they were typed.
  const asked = /[<(“«]/.test(trimmed) ? written : trimmed;
  const word = trimmed.normalize('NFKC').toLowerCase();
  for (const ours of WORDS) if (word === ours) return { kind: ours };
  if (written.length > LONGEST_QUERY || !/[\p{L}\p{N}]/u.test(word)) {
    return { kind: 'nonsense', asked: (asked || written).slice(0, LONGEST_QUERY) };
  }
  const { intent, rest } = withoutVerb(trimmed);
  return { kind: 'lookup', query: lookupQuery(trimmed, rest, linked(cut)), asked, intent };
}

/** A company that is known by its key already. */
export const byKey = (key: string): LookupQuery => ({
  keys: [key],
  emails: [],
  names: [],
  profiles: [],
  near: key,
  parts: false,
});

/** The query that finds nothing but what bears this name. */
export const byNameAlone = (name: string): LookupQuery => ({
  keys: [],
  emails: [],
  names: [name],
  profiles: [],
  near: null,
  parts: false,
});

/** `#paid` and `@ten`, where Slack knows a channel or a person of that name, too; null for anything else. */
function handleOf(text: string): string | null {
  const [, sign, name] = /^\s*<([@#])[^<>|]*\|([^<>]+)>\s*$/.exec(text) ?? [];
  return sign === undefined || name === undefined ? null : `${sign}${name}`;
}

function plainText(text: string): string {
  return (
    text
      .replace(LINK, (_, target: string, label?: string) => label || target.replace(/^mailto:/, ''))
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

/** Where links lead whose label does not say so. */
function linked(text: string): readonly string[] {
  return [...text.matchAll(LINK)]
    .filter(([, target = '', label]) => label && !/^[@#!]/.test(target))
    .map(([, target = '']) => plainText(target.replace(/^mailto:([^?]*).*$/, '$1')));
}

const VERB =
  /^(claim|release|unclaim|contact(?:ed)?|mark(?= contacted)|details?|show|open|find|search|look ?up|get|company|lead)(?: (?:me|for|of|contacted))? (?=\S)/i;

function withoutVerb(asked: string): { intent: Intent | null; rest: string } {
  const [found, verb = ''] = VERB.exec(asked) ?? [];
  if (found === undefined) return { intent: null, rest: asked };
  const rest = asked.slice(found.length).replace(AROUND, '');
  if (rest === '') return { intent: null, rest: asked };
  const said = verb.toLowerCase();
  if (said === 'claim') return { intent: 'claim', rest };
  if (said === 'release' || said === 'unclaim') return { intent: 'release', rest };
  return { intent: /^(?:contact|mark)/.test(said) ? 'contact' : null, rest };
}

function lookupQuery(asked: string, rest: string, links: readonly string[]): LookupQuery {
  const words = rest.split(/[\s<>()"“”«»|,;]+/).map((word) => word.replace(AROUND, ''));
  const found = [...words, ...links.map((link) => link.replace(AROUND, ''))]
    .slice(0, 40)
    .map(placeIn);
  const [first] = found;
  const keys = [...new Set(found.flatMap((place) => place.keys))].slice(0, 100);
  const emails = [...new Set(found.flatMap((place) => place.email ?? []))].slice(0, 5);
  const profiles = [...new Set(found.flatMap((place) => place.profile ?? []))].slice(0, 5);
  const names = [...new Set([asked, rest, ...partsOf(rest)])].filter((name) => name !== '');
  const isPlace = words.length === 1 && first !== undefined && first.label !== null;
  // `#general` and `@here` are nobody's, unless somebody is called so.
  const isHandle = /^[@#]/.test(rest) && keys.length === 0;
  if (isHandle)
    return { keys, emails, names: names.slice(0, 5), profiles, near: null, parts: false };
  return {
    keys,
    emails,
    names: names.slice(0, 5),
    profiles,
    // Of `C.H.Robinson` the name is more than its last label but one.
    near: isPlace && (first.label ?? '').length > 2 ? first.label : rest,
    parts: !isPlace,
  };
}

/** `VelocityPay` of `VelocityPay – Payments`, `Marcus Chen` of `Marcus Chen <marcus@velocitypay.io>`. */
function partsOf(text: string): string[] {
  const cuts = [' – ', ' — ', ' - ', ' | ', ' · ', ': ', ' (', ' <']
    .map((cut) => text.indexOf(cut))
    .filter((at) => at > 0);
  return cuts.length === 0 ? [] : [text.slice(0, Math.min(...cuts)).replace(AROUND, '')];
}

/** Where a word leads: an address, a domain or URL, or a page at LinkedIn. */
interface Place {
  keys: readonly string[];
  email: string | null;
  profile: string | null;
  /** The label of a domain that names its owner; null for a word that is none of these. */
  label: string | null;
}

const NOWHERE: Place = { keys: [], email: null, profile: null, label: null };

/** Second levels under which registries sell names: `co.uk`, `com.au`, `or.jp`. Never a company's own domain. */
const REGISTRY = /^(?:ac|co|com|edu|gov|ltd|ne|net|or|org|plc)$/;

function placeIn(word: string): Place {
  const text = word.normalize('NFKC').toLowerCase().replace(/。/g, '.');
  const profile = profileOf(text);
  if (profile !== null) return { keys: [], email: null, profile, label: profile };
  const email = /^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(text) ? text : null;
  // `@velocitypay.io` is the domain of an address.
  const host = hostOf(
    email === null ? text.replace(/^@/, '') : email.slice(email.lastIndexOf('@') + 1),
  );
  if (host === null) return email === null ? NOWHERE : { ...NOWHERE, email, label: email };
  const labels = host.split('.');
  const suffix = /\.[a-z]{2}$/.test(host) && REGISTRY.test(labels.at(-2) ?? '') ? 2 : 1;
  const named = labels.length > suffix ? labels.length - suffix : labels.length - 1;
  const keys = labels.slice(0, named).map((_, i) => labels.slice(i).join('.'));
  return { keys, email, profile: null, label: labels[named - 1] ?? host };
}

function profileOf(text: string): string | null {
  const [, kind, page = ''] =
    /linkedin\.[a-z.]+\/(company|school|showcase|in|pub)\/([^/?#\s]+)/.exec(text) ?? [];
  return kind === undefined ? null : `${kind}/${page}`;
}

/** The host name in a domain or URL, without `www.`; null when the text is neither. */
function hostOf(text: string): string | null {
  const hasScheme = /^https?:\/\//.test(text);
  if (!hasScheme && !/^[^\s/]+\.[\p{L}\p{N}-]{2,}(?::\d+)?(?:[/?#]\S*)?$/u.test(text)) return null;
  if (URL.canParse(hasScheme ? text : `https://${text}`) === false) return null;
  const host = /^(?:https?:\/\/)?(?:[^/?#]*@)?([^/?#:]*)/.exec(text)?.[1] ?? '';
  const bare = host.replace(/^www\./, '').replace(/\.$/, '');
  return /^[^.]+(?:\.[^.]+)+$/.test(bare) ? bare : null;
}
