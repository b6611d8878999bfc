import { createHash } from 'node:crypto';
import { type Group, type Node, type Token, tokensOf, treeOf } from './tokens.ts';

export interface Mutant {
  /** `function:hash`. Stays the same while the changed lines do. */
  id: string;
  file: string;
  /** Without the schema. */
  name: string;
  line: number;
  rule: string;
  /** The changed lines, in one line. */
  from: string;
  to: string;
  /** The whole `create or replace function`. */
  sql: string;
}

export interface SqlFunction {
  file: string;
  name: string;
  /** `create or replace function … $$;`, without comment and grants. */
  sql: string;
  language: string;
  /** Position of the body in `sql`. */
  body: { start: number; end: number };
  /** Line of `sql` in the file, from 1. */
  line: number;
}

/** The function of a file in `sql/lead-bot/functions`. */
export function functionIn(file: string, text: string): SqlFunction {
  const start = text.search(/^create or replace function/m);
  const name = /function \w+\.(\w+)/.exec(text.slice(start))?.[1];
  const quotes = tokensOf(text, start).filter(({ text: it }) => /^\$\w*\$/.test(it));
  const [quoted] = quotes;
  if (start < 0 || name === undefined || quoted === undefined) {
    throw new Error(`${file} has no function`);
  }
  const mark = quoted.text.indexOf('$', 1) + 1;
  const header = text.slice(start, quoted.start);
  return {
    file,
    name,
    sql: `${text.slice(start, quoted.end)};`,
    language: /\blanguage (\w+)/.exec(header)?.[1] ?? 'sql',
    body: { start: quoted.start - start + mark, end: quoted.end - start - mark },
    line: text.slice(0, start).split('\n').length,
  };
}

interface Change {
  rule: string;
  start: number;
  end: number;
  text: string;
}

/** Every change that the rules make in the function's body. Some may not be valid SQL. */
export function mutantsOf(fn: SqlFunction): Mutant[] {
  const tree = treeOf(tokensOf(fn.sql, fn.body.start, fn.body.end));
  const changes = [tree, ...dynamicStatements(fn.sql, tree)].flatMap((nodes) =>
    changesIn(fn.sql, nodes),
  );
  const seen = new Set([fn.sql]);
  const ids = new Map<string, number>();
  return changes.flatMap((change) => {
    const sql = fn.sql.slice(0, change.start) + change.text + fn.sql.slice(change.end);
    if (seen.has(sql)) return [];
    seen.add(sql);
    const first = fn.sql.lastIndexOf('\n', change.start - 1) + 1;
    const last = fn.sql.indexOf('\n', change.end);
    const lines = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
    const from = lines(fn.sql.slice(first, last));
    const to = lines(
      fn.sql.slice(first, change.start) + change.text + fn.sql.slice(change.end, last),
    );
    const key = createHash('sha256').update(`${change.rule} ${from} ${to}`).digest('hex');
    const again = ids.get(key) ?? 0;
    ids.set(key, again + 1);
    return {
      id: `${fn.name}:${key.slice(0, 6)}${again > 0 ? `-${again}` : ''}`,
      file: fn.file,
      name: fn.name,
      line: fn.line - 1 + fn.sql.slice(0, change.start).split('\n').length,
      rule: change.rule,
      from,
      to,
      sql,
    };
  });
}

/** Statements in the strings of `execute 'select …'` and `execute format('select …')`. */
function dynamicStatements(sql: string, nodes: readonly Node[]): Node[][] {
  return nodes.flatMap((node, i): Node[][] => {
    if (node.kind === 'group') return dynamicStatements(sql, node.items);
    if (node.text !== 'execute') return [];
    const next = nodes[i + 1];
    const inFormat = isWord(next, 'format') ? nodes[i + 2] : undefined;
    const text = inFormat?.kind === 'group' ? inFormat.items[0] : next;
    if (text?.kind !== 'string' || !text.text.startsWith("'")) return [];
    return [treeOf(tokensOf(sql, text.start + 1, text.end - 1, "''"))];
  });
}

type Word = Token & { kind: 'word' };
type Symbol = Token & { kind: 'symbol' };
const isWord = (node: Node | undefined, ...words: readonly string[]): node is Word =>
  node?.kind === 'word' && words.includes(node.text);
const isSymbol = (node: Node | undefined, ...symbols: readonly string[]): node is Symbol =>
  node?.kind === 'symbol' && symbols.includes(node.text);

/** Words that end an expression at their level. */
const BOUNDARIES = new Set(
  `select from where on having group order by limit offset union intersect except returning set values into
  if elsif else then when while loop for foreach return query perform join cross lateral do using execute begin end
  declare exception raise exit continue as with window asc desc nulls fetch conflict update insert delete
  partition ordinality filter over`.split(/\s+/),
);
const CONDITIONS = ['where', 'on', 'having', 'if', 'elsif', 'when', 'while'];
const SWAPS: Readonly<Record<string, string>> = {
  least: 'greatest',
  greatest: 'least',
  min: 'max',
  max: 'min',
  bool_or: 'bool_and',
  bool_and: 'bool_or',
};
const SHIFTS: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '=': '<>',
  '<>': '=',
};
const TURNS: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<' };
const INTERVAL =
  /^('+)(\d+)( (?:micro|milli)?(?:second|minute|hour|day|week|month|quarter|year)s?'+)$/;

/** How long to wait, and the seed of a hash: any number does. */
const ANY_NUMBER = ['pg_sleep', 'hashtext', 'hashtextextended'];

function changesIn(sql: string, nodes: readonly Node[], inside?: Group): Change[] {
  const sorted = worthChanging(sql, nodes);
  const regions = regionsOf(sorted);
  const places = columnNumbers(sorted);
  return [
    ...regions.flatMap((region) => [
      ...conditions(sql, region, inside),
      ...comparisons(sql, region),
    ]),
    ...sorted.flatMap((node, i) => (places.has(node) ? [] : aroundToken(sorted, node, i))),
    ...orders(sorted),
    ...sorted.flatMap((node, i) =>
      node.kind === 'group' && !isWord(sorted[i - 1], ...ANY_NUMBER)
        ? changesIn(sql, node.items, node)
        : [],
    ),
  ];
}

const ONLY_LOCKS = /share_lead_tables|advisory|pg_sleep|\bfor (?:no key )?(?:update|share)\b/;

/** Without `raise …;`, and without `perform …;` that only locks or waits: what that is for shows in races alone. */
function worthChanging(sql: string, nodes: readonly Node[]): Node[] {
  let skipped = false;
  return nodes.filter((node, i) => {
    if (isWord(node, 'raise')) skipped = true;
    if (isWord(node, 'perform')) {
      const end = nodes.slice(i).find((it) => isSymbol(it, ';'))?.start ?? sql.length;
      if (ONLY_LOCKS.test(sql.slice(node.start, end))) skipped = true;
    }
    const dropped = skipped;
    if (isSymbol(node, ';')) skipped = false;
    return !dropped;
  });
}

interface Region {
  /** The word before it. */
  opener: string;
  nodes: Node[];
}

/** Expressions, and what else lies between two boundaries. */
function regionsOf(nodes: readonly Node[]): Region[] {
  const regions: Region[] = [];
  let region: Region = { opener: '', nodes: [] };
  nodes.forEach((node, i) => {
    const isPartOfDistinct = isWord(node, 'from') && isWord(nodes[i - 1], 'distinct');
    const isOuterJoin =
      isWord(node, 'left', 'right', 'full', 'inner') && isWord(nodes[i + 1], 'join', 'outer');
    const ends =
      (node.kind === 'word' && (BOUNDARIES.has(node.text) || isOuterJoin) && !isPartOfDistinct) ||
      isSymbol(node, ',', ';', ':=', '=>');
    if (!ends) region.nodes.push(node);
    else {
      if (region.nodes.length > 0) regions.push(region);
      region = { opener: node.text, nodes: [] };
    }
  });
  if (region.nodes.length > 0) regions.push(region);
  return regions;
}

/** The operands of `and` and `or`, without those of `between … and`. */
function operands(nodes: readonly Node[]): { joints: Token[]; parts: Node[][] } {
  const joints: Token[] = [];
  const parts: Node[][] = [[]];
  let between = false;
  for (const node of nodes) {
    if (isWord(node, 'between')) between = true;
    if (isWord(node, 'or') || (isWord(node, 'and') && !between)) {
      joints.push(node);
      parts.push([]);
    } else {
      if (isWord(node, 'and')) between = false;
      parts.at(-1)?.push(node);
    }
  }
  return { joints, parts };
}

function conditions(sql: string, { opener, nodes }: Region, inside?: Group): Change[] {
  const { joints, parts } = operands(nodes);
  const whole = span(nodes);
  if (whole === undefined) return [];
  const replace = (part: readonly Node[], text: string): Change[] => {
    const where = span(part);
    if (where === undefined || sql.slice(where.start, where.end) === text) return [];
    return [{ rule: 'condition dropped', ...where, text }];
  };
  if (joints.length > 0) {
    return [
      ...parts.flatMap((part, i) => {
        const besides = [joints[i - 1], joints[i]].filter((it) => it !== undefined);
        return replace(part, besides.some(({ text }) => text === 'and') ? 'true' : 'false');
      }),
      ...joints.map(({ start, end, text }) => ({
        rule: 'and/or swapped',
        start,
        end,
        text: text === 'and' ? 'or' : 'and',
      })),
    ];
  }
  const isCaseOfValues = inside?.open.text === 'case' && !isWord(inside.items[0], 'when');
  if (!CONDITIONS.includes(opener) || (opener === 'when' && isCaseOfValues)) return [];
  const isFilter = ['where', 'on', 'having'].includes(opener);
  return [
    ...(opener === 'while' ? [] : replace(nodes, 'true')),
    ...(isFilter ? [] : replace(nodes, 'false')),
  ];
}

const span = (nodes: readonly Node[]): { start: number; end: number } | undefined => {
  const [first, last] = [nodes[0], nodes.at(-1)];
  return first && last ? { start: first.start, end: last.end } : undefined;
};

function comparisons(sql: string, { nodes }: Region): Change[] {
  return operands(nodes).parts.flatMap((part) => {
    const where = span(part);
    const text = where ? sql.slice(where.start, where.end) : '';
    // Nothing happens in exactly the microsecond that would tell < from <=.
    const isOfClock = /\b(?:now|clock_timestamp)\(\)/.test(text);
    return part.flatMap((node, i): Change[] => {
      if (node.kind !== 'symbol') return [];
      const shifted = (isOfClock && TURNS[node.text]) || SHIFTS[node.text];
      if (shifted === undefined) return [];
      const next = part[i + 1];
      const turned = isWord(next, 'any') ? 'all' : 'any';
      if (isWord(next, 'any', 'all') && ['=', '<>'].includes(node.text)) {
        return [
          {
            rule: 'comparison shifted',
            start: node.start,
            end: next.end,
            text: `${shifted} ${turned}`,
          },
        ];
      }
      return [{ rule: 'comparison shifted', start: node.start, end: node.end, text: shifted }];
    });
  });
}

/** The rules that need only a token and its neighbors. */
function aroundToken(nodes: readonly Node[], node: Node, i: number): Change[] {
  if (node.kind === 'group') return [];
  const [before, next, afterNext] = [nodes[i - 1], nodes[i + 1], nodes[i + 2]];
  const change = (rule: string, text: string, end = node.end): Change => ({
    rule,
    start: node.start,
    end,
    text,
  });
  const without = (rule: string): Change[] =>
    next ? [{ rule, start: node.start, end: next.start, text: '' }] : [];

  if (node.kind === 'number') return moved(nodes, i).map((text) => change(ruleOf(before), text));
  if (node.kind === 'string') {
    const [, open, n, unit] = INTERVAL.exec(node.text) ?? [];
    if (n === undefined) return [];
    const halves = Number(n) > 1 ? [Math.floor(Number(n) / 2)] : [];
    return [Number(n) * 2, ...halves].map((it) => change('limit moved', `${open}${it}${unit}`));
  }
  if (node.kind === 'symbol') {
    const isBinary = before !== undefined && (before.kind !== 'symbol' || before.text === ']');
    const isOfJson = next?.kind === 'string' && !INTERVAL.test(next.text);
    if (!isSymbol(node, '+', '-') || !isBinary || isOfJson || isWord(next, 'array')) return [];
    return [change('sign turned', node.text === '+' ? '-' : '+')];
  }
  const isCall = next?.kind === 'group' && next.open.text === '(';
  const swap = SWAPS[node.text];
  if (swap !== undefined && isCall) return [change('limit moved', swap)];
  switch (node.text) {
    case 'limit':
      return next?.kind === 'word'
        ? [{ rule: 'limit moved', start: next.end, end: next.end, text: ' + 1' }]
        : [];
    case 'is':
      if (isWord(next, 'null', 'distinct')) return [change('comparison shifted', 'is not')];
      if (isWord(next, 'not') && isWord(afterNext, 'null', 'distinct')) {
        return [change('comparison shifted', 'is', next.end)];
      }
      return [];
    case 'not':
      return isWord(before, 'is') || isWord(next, 'null', 'materialized')
        ? []
        : without('not dropped');
    case 'exists':
    case 'in':
      return isWord(before, 'not') || !isCall ? [] : [change('not added', `not ${node.text}`)];
    case 'true':
    case 'false':
      return [change('condition turned', node.text === 'true' ? 'false' : 'true')];
    case 'coalesce':
      return next?.kind === 'group' ? defaultDropped(next) : [];
    case 'union':
      return isWord(next, 'all')
        ? [change('union turned', 'union', next.end)]
        : [change('union turned', 'union all')];
    case 'distinct':
      return isWord(before, 'is', 'not') || isWord(next, 'on') ? [] : without('distinct dropped');
    case 'left':
      return isWord(next, 'join') ? without('outer join made inner') : [];
    case 'perform':
      return performDropped(nodes, i);
    default:
      return [];
  }
}

const ruleOf = (before: Node | undefined): string =>
  isWord(before, 'limit') ? 'limit moved' : 'number moved';

/** Small numbers by one; for large ones a half and the double, since nobody needs exactly the 500th letter. */
function moved(nodes: readonly Node[], i: number): string[] {
  const node = nodes[i];
  // `offset 0` only keeps a subquery apart.
  if (node?.kind !== 'number' || isWord(nodes[i - 1], 'offset')) return [];
  const n = Number(node.text);
  if (node.text.includes('.')) return [String(n * 2), String(n / 2)];
  if (n > 10) return [String(n * 2), String(Math.floor(n / 2))];
  return n > 0 ? [String(n + 1), String(n - 1)] : [String(n + 1)];
}

function defaultDropped(call: Group): Change[] {
  const comma = call.items.findLastIndex((item) => isSymbol(item, ','));
  const from = call.items[comma];
  if (from === undefined) return [];
  return [{ rule: 'default dropped', start: from.start, end: call.close.start, text: '' }];
}

function performDropped(nodes: readonly Node[], i: number): Change[] {
  const [perform, end] = [nodes[i], nodes.slice(i).find((node) => isSymbol(node, ';'))];
  if (perform === undefined || end === undefined) return [];
  return [{ rule: 'call dropped', start: perform.start, end: end.start, text: 'null' }];
}

const AFTER_LIST =
  `order having limit offset for rows range groups union intersect except returning loop then fetch
  into window`.split(/\s+/);

/** What follows a `by`. */
function listAfter(nodes: readonly Node[], by: number): Node[] {
  const rest = nodes.slice(by + 1);
  const length = rest.findIndex((node) => isSymbol(node, ';') || isWord(node, ...AFTER_LIST));
  return length < 0 ? rest : rest.slice(0, length);
}

/** The numbers of `order by 1` and `group by 1, 2`. */
function columnNumbers(nodes: readonly Node[]): Set<Node> {
  const items = nodes.flatMap((node, i) =>
    isWord(node, 'by') ? splitAtCommas(listAfter(nodes, i)) : [],
  );
  return new Set(items.filter(([node]) => node?.kind === 'number').flat());
}

function orders(nodes: readonly Node[]): Change[] {
  return nodes.flatMap((order, i): Change[] => {
    if (!isWord(order, 'order') || !isWord(nodes[i + 1], 'by')) return [];
    const list = listAfter(nodes, i + 1);
    const whole = span(list);
    if (whole === undefined) return [];
    return [
      { rule: 'order dropped', start: order.start, end: whole.end, text: '' },
      ...splitAtCommas(list).flatMap(turned),
    ];
  });
}

function splitAtCommas(nodes: readonly Node[]): Node[][] {
  const items: Node[][] = [[]];
  for (const node of nodes) {
    if (isSymbol(node, ',')) items.push([]);
    else items.at(-1)?.push(node);
  }
  return items;
}

function turned(item: readonly Node[]): Change[] {
  const place = item.findIndex((node) => isWord(node, 'asc', 'desc', 'nulls'));
  const [last, word] = [item[place < 0 ? item.length - 1 : place - 1], item[place]];
  if (last === undefined) return [];
  const direction = isWord(word, 'asc', 'desc') ? word : undefined;
  const nulls = item.find((node) => isWord(node, 'first', 'last'));
  return [
    {
      rule: 'order turned',
      start: last.end,
      end: direction?.end ?? last.end,
      text: direction?.kind === 'word' && direction.text === 'desc' ? '' : ' desc',
    },
    ...(nulls?.kind === 'word' && isWord(item[item.indexOf(nulls) - 1], 'nulls')
      ? [
          {
            rule: 'order turned',
            start: nulls.start,
            end: nulls.end,
            text: nulls.text === 'first' ? 'last' : 'first',
          },
        ]
      : []),
  ];
}
