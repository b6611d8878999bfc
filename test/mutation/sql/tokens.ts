export interface Token {
  kind: 'word' | 'number' | 'string' | 'symbol';
  /** As written; words in lower case. */
  text: string;
  start: number;
  end: number;
}

/** A token, or everything between brackets or `case` and `end`. */
export type Node = Token | Group;

export interface Group {
  kind: 'group';
  open: Token;
  close: Token;
  items: Node[];
  start: number;
  end: number;
}

const SPACE = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
/** Also `$1`, and `%1$s` and `%I` of format. */
const WORD = /[a-z_][\w$]*|"(?:[^"]|"")*"|\$\d+|%(?:\d+\$)?[sIL]/iy;
const NUMBER = /\d+(?:\.\d+)?|\.\d+/y;
const DOLLAR = /\$([a-z_]\w*)?\$/iy;
const OPERATOR = /[-+*/<>=~!@#%^&|`?:]+/y;

const matchAt = (pattern: RegExp, sql: string, at: number): string | undefined => {
  pattern.lastIndex = at;
  return pattern.exec(sql)?.[0];
};

/**
 * Reads SQL or PL/pgSQL between two positions. Comments are skipped; a dollar-quoted text is one string.
 *
 * @param quote two quotes in a statement that is itself a string literal
 */
export function tokensOf(
  sql: string,
  start = 0,
  end = sql.length,
  quote: "'" | "''" = "'",
): Token[] {
  const tokens: Token[] = [];
  let at = start;
  const take = (kind: Token['kind'], length: number): void => {
    const text = sql.slice(at, at + length);
    tokens.push({
      kind,
      text: kind === 'word' ? text.toLowerCase() : text,
      start: at,
      end: at + length,
    });
    at += length;
  };
  while (at < end) {
    const space = matchAt(SPACE, sql, at);
    if (space) {
      at += space.length;
      continue;
    }
    if (sql.startsWith(quote, at)) {
      take('string', stringLength(sql, at, quote));
      continue;
    }
    const dollar = matchAt(DOLLAR, sql, at);
    if (dollar) {
      const close = sql.indexOf(dollar, at + dollar.length);
      take('string', (close < 0 ? end : close + dollar.length) - at);
      continue;
    }
    const word = matchAt(WORD, sql, at);
    if (word) {
      take('word', word.length);
      continue;
    }
    const number = matchAt(NUMBER, sql, at);
    if (number) {
      take('number', number.length);
      continue;
    }
    take('symbol', operatorLength(matchAt(OPERATOR, sql, at) ?? '.'));
  }
  return tokens;
}

function stringLength(sql: string, start: number, quote: string): number {
  const escapes = /(?:^|\W)e$/i.test(sql.slice(Math.max(0, start - 2), start));
  let at = start + quote.length;
  while (at < sql.length) {
    if (escapes && sql[at] === '\\') at += 2;
    else if (sql.startsWith(quote + quote, at)) at += 2 * quote.length;
    else if (sql.startsWith(quote, at)) return at + quote.length - start;
    else at += 1;
  }
  return at - start;
}

/** Postgres ends an operator before a comment, and takes a final sign for that of a number. */
function operatorLength(run: string): number {
  let text = /^(?:(?!--|\/\*).)*/.exec(run)?.[0] || run.slice(0, 1);
  if (!/[~!@#%^&|`?]/.test(text)) {
    while (text.length > 1 && /[-+]$/.test(text)) text = text.slice(0, -1);
  }
  return text.length;
}

const CLOSES: Readonly<Record<string, string>> = { '(': ')', '[': ']', case: 'end' };

/** Nests brackets and `case … end`. */
export function treeOf(tokens: readonly Token[]): Node[] {
  const root: Node[] = [];
  const open: { token: Token; items: Node[] }[] = [];
  tokens.forEach((token, i) => {
    const items = open.at(-1)?.items ?? root;
    const last = open.at(-1);
    if (last && token.kind !== 'string' && token.text === CLOSES[last.token.text]) {
      open.pop();
      (open.at(-1)?.items ?? root).push({
        kind: 'group',
        open: last.token,
        close: token,
        items,
        start: last.token.start,
        end: token.end,
      });
    } else if (
      token.kind !== 'string' &&
      token.text in CLOSES &&
      !(token.text === 'case' && tokens[i - 1]?.text === 'end')
    ) {
      open.push({ token, items: [] });
    } else items.push(token);
  });
  // Something unbalanced stays flat.
  for (const { token, items } of open) root.push(token, ...items);
  return root;
}
