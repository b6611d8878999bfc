import { type ListFilter, readFilter } from './list-filter.ts';

/** What a lookup searches for, as typed. The database normalizes domains and names. */
export interface LookupQuery {
  /** Domains or account keys, tried in order: `app.velocitypay.io`, `velocitypay.io`. */
  keys: readonly string[];
  emails: readonly string[];
  /** Names of a company or person, tried in order. */
  names: readonly string[];
  /** LinkedIn pages: `company/velocitypay`, `in/marcus-chen`. */
  profiles: readonly string[];
  /** Used for near matches if nothing matches exactly; null for none. */
  near: string | null;
  /** Whether `near` may match a part of a name. */
  parts: boolean;
}

/** The typed verb. A button in the answer does it. */
export type Intent = 'claim' | 'release' | 'contact';

/** Each is followed by words of its own. */
const REPORTS = ['why', 'stats', 'tune'] as const;
type Report = (typeof REPORTS)[number];

type LeadCommand =
  | { kind: 'help' }
  | { kind: 'hot' | 'mine'; filter?: ListFilter }
  | { kind: 'unreadable-filter'; list: 'hot' | 'mine'; part: string }
  | { kind: 'digest' | 'back' | 'settings' }
  /** `words` are plain text, but for mentions of people: `until Monday cover <@U0BEN|ben>`. */
  | { kind: 'away'; words: string }
  /** `words`: what follows, as plain text. */
  | { kind: Report; words: string }
  | CompanyAsked;

type CompanyAsked =
  | { kind: 'lookup'; query: LookupQuery; asked: string; intent: Intent | null }
  | { kind: 'nonsense'; asked: string };

const WORDS = new Set(['help', 'hot', 'mine', 'digest', 'back', 'settings'] as const);
const LONGEST_QUERY = 200;
/** Bounds the work. Longer than LONGEST_QUERY, because Slack expands links and `&`. */
const LONGEST_TEXT = 4_000;
/** Quotes, brackets and punctuation around the query. */
const AROUND = /^[\s"'`*~“”‘’«»<(]+|[\s"'`*~“”‘’«»>).,;!?]+$/g;
const MENTION = /<[@#!][^<>]*>/g;
/** Slack sends a typed domain as `<http://velocitypay.io|velocitypay.io>`, an address as `<mailto:a@b.example|a@b.example>`. */
const LINK = /<([^<>|]*)(?:\|([^<>]*))?>/g;

/** Parses the text after `/lead`, in which Slack has escaped `&`, `<` and `>`. Takes linear time, of at most 4,000 characters. */
export function parseCommand(text: string): LeadCommand {
  const cut = text.slice(0, LONGEST_TEXT);
  const written = writtenIn(cut);
  if (written === '') return { kind: 'help' };
  const trimmed = trimmedOf(written);
  const word = trimmed.normalize('NFKC').toLowerCase();
  const list = narrowedList(written);
  if (list !== null) return list;
  for (const known of WORDS) if (word === known) return { kind: known };
  const words = awayWords(cut, word);
  if (words !== null) return { kind: 'away', words };
  for (const known of REPORTS) {
    if (word === known) return { kind: known, words: '' };
    if (word.startsWith(`${known} `)) {
      return { kind: known, words: trimmed.slice(known.length).trim().slice(0, LONGEST_QUERY) };
    }
  }
  return companyIn(cut, written);
}

/** Parses text that can only be about a company, as `parseCommand` does. Null if it is empty. */
export function parseCompany(text: string): CompanyAsked | null {
  const cut = text.slice(0, LONGEST_TEXT);
  const written = writtenIn(cut);
  return written === '' ? null : companyIn(cut, written);
}

const writtenIn = (cut: string): string => plainText(handleOf(cut) ?? cut.replace(MENTION, ''));

const trimmedOf = (written: string): string =>
  written.slice(0, 2 * LONGEST_QUERY).replace(AROUND, '');

function companyIn(cut: string, written: string): CompanyAsked {
  const trimmed = trimmedOf(written);
  // Keep the brackets of `Marcus Chen <m@v.io>`.
  const asked = /[<(“«]/.test(trimmed) ? written : trimmed;
  if (written.length > LONGEST_QUERY || !/[\p{L}\p{N}]/u.test(trimmed.normalize('NFKC'))) {
    return { kind: 'nonsense', asked: (asked || written).slice(0, LONGEST_QUERY) };
  }
  const { intent, rest } = withoutVerb(trimmed);
  return { kind: 'lookup', query: lookupQuery(trimmed, rest, linked(cut)), asked, intent };
}

/** Looks up a company by plain text of at most 200 characters; null if it can't be one. */
export function companyQuery(words: string): LookupQuery | null {
  if (!/[\p{L}\p{N}]/u.test(words)) return null;
  return lookupQuery(words, withoutVerb(words).rest, []);
}

/** Looks up an account by its key. */
export const byKey = (key: string): LookupQuery => ({
  keys: [key],
  emails: [],
  names: [],
  profiles: [],
  near: key,
  parts: false,
});

/** A company that a message names. */
export interface Named {
  /** A domain, or an e-mail address. */
  asked: string;
  domain: string;
  query: LookupQuery;
}

/**
 * The domains and e-mail addresses in a message, in which Slack has escaped `&`, `<` and `>`: each once, in order.
 * Takes linear time.
 */
export function companiesIn(message: string): Named[] {
  const found = new Map<string, Named>();
  // A link's label may say anything.
  const text = plainText(message.replace(LINK, (_, target: string) => ` ${target.split('?')[0]} `));
  for (const word of text.split(/[\s<>()"“”«»|,;]+/)) {
    const { keys, email } = placeIn(word.replace(/^mailto:/, '').replace(AROUND, ''));
    const [domain = ''] = keys;
    // Not `10.50`.
    if (!/\.[\p{L}][\p{L}\p{N}-]+$/u.test(domain)) continue;
    const asked = email ?? domain;
    const emails = email === null ? [] : [email];
    found.set(asked, {
      asked,
      domain,
      query: { keys, emails, names: [], profiles: [], near: null, parts: false },
    });
  }
  return [...found.values()];
}

/** Finds only exact matches of a name. */
export const byNameAlone = (name: string): LookupQuery => ({
  keys: [],
  emails: [],
  names: [name],
  profiles: [],
  near: null,
  parts: false,
});

/** `#paid` or `@ten`, if Slack turned it into a mention; else null. */
function handleOf(text: string): string | null {
  const [, sign, name] = /^\s*<([@#])[^<>|]*\|([^<>]+)>\s*$/.exec(text) ?? [];
  return sign === undefined || name === undefined ? null : `${sign}${name}`;
}

const NARROWED = /^[\s"'`*“‘(]*(hot|mine)(?:[\s:,]+|(?=[<>]))(.*)$/iu;

/** `hot fintech`, `mine late`; null if the command is another one, or no more than the word. */
function narrowedList(written: string): LeadCommand | null {
  const [, word, rest = ''] = NARROWED.exec(written) ?? [];
  const list = word?.toLowerCase();
  if ((list !== 'hot' && list !== 'mine') || !/[\p{L}\p{N}<>]/u.test(rest)) return null;
  const read = readFilter(rest);
  switch (read.kind) {
    case 'everything':
      return { kind: list };
    case 'filter':
      return { kind: list, filter: read.filter };
    case 'unreadable':
      return { kind: 'unreadable-filter', list, part: read.part.slice(0, LONGEST_QUERY) };
  }
}

const PERSON = /(<@[^<>]*>)/;
const AWAY = /^["'`*“‘(]*away[ :,]+(.*)$/i;

/** What follows `away`; null if the command is another one. */
function awayWords(text: string, word: string): string | null {
  const pieces = text.split(PERSON).map((piece) => (PERSON.test(piece) ? piece : plainText(piece)));
  const found = AWAY.exec(pieces.join(' ').trim())?.[1];
  return found ?? (word === 'away' ? '' : null);
}

function plainText(text: string): string {
  return (
    text
      .replace(LINK, (_, target: string, label?: string) => label || target.replace(/^mailto:/, ''))
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&')
      // Copied text carries zero-width characters inside words.
      .replace(/[\p{Cf}\p{Cs}]/gu, '')
      .replace(/\p{Cc}/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  );
}

/** Targets of links that have a label. */
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
  // `#general` and `@here` match only an exact name.
  const isHandle = /^[@#]/.test(rest) && keys.length === 0;
  if (isHandle)
    return { keys, emails, names: names.slice(0, 5), profiles, near: null, parts: false };
  return {
    keys,
    emails,
    names: names.slice(0, 5),
    profiles,
    // In `C.H.Robinson` the label is too short to be the name.
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

/** A word read as an email address, a domain or URL, or a LinkedIn page. */
interface Place {
  keys: readonly string[];
  email: string | null;
  profile: string | null;
  /** The domain label that names the company; null if the word is none of these. */
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
  // `@velocitypay.io` means the domain.
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

/** The host name in a domain or URL, without `www.`; null if the text is neither. */
function hostOf(text: string): string | null {
  const hasScheme = /^https?:\/\//.test(text);
  if (!hasScheme && !/^[^\s/]+\.[\p{L}\p{N}-]{2,}(?::\d+)?(?:[/?#]\S*)?$/u.test(text)) return null;
  if (URL.canParse(hasScheme ? text : `https://${text}`) === false) return null;
  const host = /^(?:https?:\/\/)?(?:[^/?#]*@)?([^/?#:]*)/.exec(text)?.[1] ?? '';
  const bare = host.replace(/^www\./, '').replace(/\.$/, '');
  return /^[^.]+(?:\.[^.]+)+$/.test(bare) ? bare : null;
}
