/** What a list is narrowed down to. All of it must fit. */
export interface ListFilter {
  /** As typed, in lower case: at most `LONGEST_FILTER` characters. `readFilter` reads it back. */
  text: string;
  /** The time to claim, contact or follow up is over. */
  late: boolean;
  /** Employees, both included. Null for no bound. */
  least: number | null;
  most: number | null;
  terms: readonly FilterTerm[];
}

/** Fits if one of these does. */
export interface FilterTerm {
  /** In industry, kind of company, funding stage or stack, in lower case: letters, digits, `.+#'` and spaces. */
  words: readonly string[];
  /** Of a lead, as `billing_tier` has it. */
  plan: string | null;
  /** A column of internal_signals. */
  feature: string | null;
}

export type FilterRead =
  | { kind: 'filter'; filter: ListFilter }
  /** Nothing but words that every list fits: `leads`, `please`. */
  | { kind: 'everything' }
  | { kind: 'unreadable'; part: string };

/** Fits a block id (255), with the rest of a page. */
const LONGEST_FILTER = 100;
const MOST_TERMS = 6;
const MOST_EMPLOYEES = 10_000_000;

/** What sales calls an industry, and what is in the data. */
const TRADES: Readonly<Record<string, readonly string[]>> = {
  fintech: ['fintech', 'financial', 'finance', 'bank', 'payment', 'lending', 'wealth'],
  healthtech: ['healthtech', 'health', 'medical', 'medicine', 'hospital', 'pharma', 'biotech'],
  edtech: ['edtech', 'education', 'e learning', 'elearning', 'school'],
  proptech: ['proptech', 'real estate', 'property', 'construction'],
  insurtech: ['insurtech', 'insurance'],
  ecommerce: ['ecommerce', 'e commerce', 'retail', 'marketplace'],
  martech: ['martech', 'marketing', 'advertising', 'adtech'],
  hrtech: ['hrtech', 'human resources', 'hr', 'recruit', 'staffing'],
  legaltech: ['legaltech', 'legal', 'law'],
  govtech: ['govtech', 'government', 'public sector'],
  cleantech: ['cleantech', 'energy', 'climate', 'renewable', 'environmental'],
  agtech: ['agtech', 'agritech', 'agriculture', 'farming'],
  foodtech: ['foodtech', 'food', 'beverage', 'restaurant'],
  logistics: ['logistics', 'transport', 'supply chain', 'freight', 'shipping', 'delivery'],
  travel: ['travel', 'hospitality', 'tourism', 'hotel'],
  gaming: ['gaming', 'games', 'game'],
  media: ['media', 'entertainment', 'publishing', 'streaming'],
  crypto: ['crypto', 'blockchain', 'web3'],
  ai: ['ai', 'artificial intelligence', 'machine learning'],
  cybersecurity: ['cybersecurity', 'cyber', 'security'],
  devtools: ['devtools', 'developer tools', 'dev tools'],
  saas: ['saas', 'software'],
  telecom: ['telecom', 'telco'],
};

/** Other spellings of a trade. */
const SAME_TRADE: Readonly<Record<string, string>> = {
  'fin tech': 'fintech',
  healthcare: 'healthtech',
  'health care': 'healthtech',
  health: 'healthtech',
  medtech: 'healthtech',
  'health tech': 'healthtech',
  education: 'edtech',
  'ed tech': 'edtech',
  'prop tech': 'proptech',
  'real estate': 'proptech',
  insurance: 'insurtech',
  'e commerce': 'ecommerce',
  'developer tools': 'devtools',
  'dev tools': 'devtools',
  'artificial intelligence': 'ai',
  'machine learning': 'ai',
  'supply chain': 'logistics',
  games: 'gaming',
};

const FEATURES: Readonly<Record<string, string>> = {
  auth: 'uses_auth',
  storage: 'uses_storage',
  'edge functions': 'uses_edge_functions',
  'edge function': 'uses_edge_functions',
  realtime: 'uses_realtime',
  vector: 'uses_vector',
  cron: 'uses_cron',
};

const PLANS: ReadonlySet<string> = new Set(['free', 'pro', 'team', 'enterprise']);

/** Words around what is meant. */
const FILLERS: ReadonlySet<string> = new Set(
  'a all and are at companies company employees for from i in is lead leads me my now of on only people plan please show stage that the tier using which who with'.split(
    ' ',
  ),
);

const LATE: ReadonlySet<string> = new Set(['late', 'overdue']);

const NUMBER = String.raw`(\d[\d,]{0,9}(?:\.\d)?k?)(?![\p{L}\p{N}.])`;
const RANGE = new RegExp(String.raw`(?<![\p{L}\p{N}.])${NUMBER}\s*(?:[-–—]|to)\s*${NUMBER}`, 'gu');
const BOUND = new RegExp(
  String.raw`(>=|<=|[><≥≤]|(?<!\p{L})(?:over|above|under|below|more than|less than|fewer than|at least|at most|up to)(?!\p{L}))\s*${NUMBER}\+?`,
  'gu',
);
const AT_LEAST = new RegExp(String.raw`(?<![\p{L}\p{N}.])${NUMBER}\+`, 'gu');

/** Reads `fintech >500`, `51-200`, `series b late`. Takes linear time, of at most 100 characters. */
export function readFilter(words: string): FilterRead {
  const text = words
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{C}\s"“”`*~|\\%_]+/gu, ' ')
    .replace(/[‘’]/g, "'")
    // As answers show `>` at the beginning of a text.
    .replace(/›/g, '>')
    .trim();
  if (text.length > LONGEST_FILTER) return { kind: 'unreadable', part: text };
  const size: { least: number | null; most: number | null } = { least: null, most: null };
  const atLeast = (n: number) => {
    size.least = Math.max(n, size.least ?? 0);
    return ' ';
  };
  const atMost = (n: number) => {
    size.most = Math.min(n, size.most ?? MOST_EMPLOYEES);
    return ' ';
  };
  const rest = text
    .replace(BOUND, (_, sign: string, typed: string) => {
      const n = employees(typed);
      if (/^(?:>|over|above|more than)$/.test(sign)) return atLeast(n + 1);
      if (/^(?:<|under|below|less than|fewer than)$/.test(sign)) return atMost(n - 1);
      return /^(?:>=|≥|at least)$/.test(sign) ? atLeast(n) : atMost(n);
    })
    .replace(RANGE, (_, from: string, to: string) => {
      atLeast(employees(from));
      return atMost(employees(to));
    })
    .replace(AT_LEAST, (_, typed: string) => atLeast(employees(typed)));
  const { least, most } = size;
  const odd = /[<>=≥≤]|(?<![\p{L}\p{N}.])\d[\d.,]*(?![\p{L}\p{N}])/u.test(rest);
  if (odd || (most ?? 0) < 0 || (least !== null && most !== null && least > most)) {
    return { kind: 'unreadable', part: text };
  }
  const { terms, late } = termsIn(rest);
  if (terms.length > MOST_TERMS) return { kind: 'unreadable', part: text };
  return terms.length === 0 && !late && least === null && most === null
    ? { kind: 'everything' }
    : { kind: 'filter', filter: { text, late, least, most, terms } };
}

function employees(typed: string): number {
  const plain = Number.parseFloat(typed.replace(/[,k]/g, ''));
  return Math.min(MOST_EMPLOYEES, Math.round(plain * (typed.endsWith('k') ? 1_000 : 1)));
}

function termsIn(rest: string): { terms: readonly FilterTerm[]; late: boolean } {
  const words = rest
    .split(/[\s\-/,;:&()[\]!?–—]+/)
    .map((word) => word.replace(/^[.']+|[.']+$/g, ''))
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
  const terms = new Map<string, FilterTerm>();
  let late = false;
  for (let at = 0; at < words.length; ) {
    const length = [2, 1].find((n) => isPhrase(words.slice(at, at + n))) ?? 1;
    const phrase = words.slice(at, at + length).join(' ');
    at += length;
    if (LATE.has(phrase)) late = true;
    else if (!FILLERS.has(phrase)) terms.set(phrase, term(phrase));
  }
  return { terms: [...terms.values()], late };
}

function isPhrase(words: readonly string[]): boolean {
  const phrase = words.join(' ');
  return (
    words.length === 2 &&
    (/^(?:series [a-z]|pre seed)$/.test(phrase) ||
      Object.hasOwn(SAME_TRADE, phrase) ||
      Object.hasOwn(FEATURES, phrase))
  );
}

function term(phrase: string): FilterTerm {
  const trade = Object.hasOwn(SAME_TRADE, phrase) ? SAME_TRADE[phrase] : phrase;
  const words = Object.hasOwn(TRADES, trade ?? '') ? (TRADES[trade ?? ''] ?? []) : [];
  const singular = /^\p{L}{3,}[^s']s$/u.test(phrase) ? [phrase.slice(0, -1)] : [];
  return {
    words: [...new Set([phrase, ...singular, ...words])],
    plan: PLANS.has(phrase) ? phrase : null,
    feature: Object.hasOwn(FEATURES, phrase) ? (FEATURES[phrase] ?? null) : null,
  };
}
