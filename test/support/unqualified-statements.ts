interface Unqualified {
  line: number;
  /** Its beginning, such as `delete from lead_bot.messages`. */
  statement: string;
}

interface Token {
  /** A word in lower case, a quoted name with quotes, or another single character. */
  text: string;
  line: number;
}

/** SQL within SQL: a function body or a statement in a string. */
interface Inner {
  sql: string;
  line: number;
}

const PIECE = new RegExp(
  [
    String.raw`(?<gap>\s+|--[^\n]*)`,
    String.raw`(?<open>/\*)`,
    String.raw`(?<tag>\$(?:[a-z_]\w*)?\$)`,
    String.raw`(?<escaped>\be'(?:[^'\\]|''|\\[\s\S])*')`,
    `(?<string>'(?:[^']|'')*')`,
    String.raw`(?<name>"(?:[^"]|"")*"|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*)`,
    String.raw`(?<other>[\s\S])`,
  ].join('|'),
  'iy',
);

/**
 * The statements that `safeupdate` refuses in API calls on hosted Supabase: UPDATE and DELETE without WHERE, also in
 * CTEs, function bodies and executed strings. Doesn't recognize statements concatenated from several strings.
 */
export function unqualifiedStatements(sql: string, firstLine = 1): Unqualified[] {
  const { tokens, inner } = read(sql, firstLine);
  const found = tokens.flatMap((_, at) => {
    const header = headerAt(tokens, at);
    if (header === null || hasWhere(tokens, at + header.length)) return [];
    const { line } = header[0];
    return [
      {
        line,
        statement: header
          .map(({ text }) => text)
          .join(' ')
          .replace(/ ?\. ?/g, '.'),
      },
    ];
  });
  return [...found, ...inner.flatMap((one) => unqualifiedStatements(one.sql, one.line))].sort(
    (a, b) => a.line - b.line,
  );
}

function read(sql: string, firstLine: number): { tokens: Token[]; inner: Inner[] } {
  const tokens: Token[] = [];
  const inner: Inner[] = [];
  let line = firstLine;
  for (let at = 0; at < sql.length; ) {
    PIECE.lastIndex = at;
    const { tag, open, string, escaped, name, other } = PIECE.exec(sql)?.groups ?? {};
    let end = PIECE.lastIndex;
    if (open !== undefined) {
      end = endOfComment(sql, at);
    } else if (tag !== undefined) {
      const close = sql.indexOf(tag, end);
      if (close < 0) throw new Error(`line ${line}: ${tag} is not closed`);
      inner.push({ sql: sql.slice(end, close), line });
      end = close + tag.length;
      tokens.push({ text: "''", line });
    } else if (string !== undefined || escaped !== undefined) {
      const content = (string ?? escaped ?? '').replace(/^e?'|'$/gi, '').replaceAll("''", "'");
      // Other strings are texts, or statements that change no rows.
      if (/^\s*(?:update|delete|with)\s/i.test(content)) inner.push({ sql: content, line });
      tokens.push({ text: "''", line });
    } else {
      const text = name ?? other;
      if (text !== undefined) tokens.push({ text: text.toLowerCase(), line });
    }
    line += sql.slice(at, end).split('\n').length - 1;
    at = end;
  }
  return { tokens, inner };
}

/** These comments nest. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  for (const mark of sql.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return start + mark.index + 2;
  }
  throw new Error('a comment is not closed');
}

/** Tokens allowed between `update` and `set`; `%` is a name that `format` inserts. */
const PART_OF_NAME = /^(?:[\w$\u0080-\uffff]+|"[\s\S]+"|[.*%])$/;
const END_OF_NAMES = new Set(['where', 'using', 'returning']);
/** After `update` in a lock, a trigger, a foreign key or a grant. */
const NO_NAME = new Set(['of', 'on', 'or', 'loop', 'nowait', 'skip', 'to', 'then']);

/** `delete from t` or `update t a set`, if one begins here; not `for update` and the like. */
function headerAt(tokens: readonly Token[], at: number): [Token, ...Token[]] | null {
  const first = tokens[at];
  if (first?.text === 'delete' && tokens[at + 1]?.text === 'from') {
    return [first, ...namesFrom(tokens, at + 1)];
  }
  if (first?.text !== 'update') return null;
  const names = namesFrom(tokens, at + 1);
  const set = names.findIndex(({ text }) => text === 'set');
  // `do update set` and `then update set` name no table: their rows are already chosen.
  if (set < 1 || names.slice(0, set).some(({ text }) => NO_NAME.has(text))) return null;
  return [first, ...names.slice(0, set)];
}

function namesFrom(tokens: readonly Token[], start: number): Token[] {
  const rest = tokens.slice(start, start + 12);
  const end = rest.findIndex(({ text }) => !PART_OF_NAME.test(text) || END_OF_NAMES.has(text));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Whether the statement itself has a WHERE; not one of its subqueries, nor the next statement. */
function hasWhere(tokens: readonly Token[], start: number): boolean {
  let depth = 0;
  for (const { text } of tokens.slice(start)) {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth < 0) return false;
    if (depth > 0) continue;
    if (text === 'where') return true;
    if (text === ';' || text === 'returning' || text === 'loop') return false;
  }
  return false;
}
