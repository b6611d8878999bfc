/** What an expression selects: a metric, and the labels that it is matched by. */
export interface Selector {
  metric: string;
  /** `value` is null unless the label must equal it. */
  matchers: readonly { label: string; value: string | null }[];
}

export interface Named {
  selectors: readonly Selector[];
  /** Labels after `by`, `without`, `on` and the like. */
  grouping: readonly string[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[a-zA-Z_:][\w:]*|\d[\w.]*|[=!<>]=|=~|!~|\S/g;
const GROUPING = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);
const WORDS = new Set(['and', 'or', 'unless', 'bool', 'offset']);
const isName = (token: string | undefined): boolean => /^[a-zA-Z_:]/.test(token ?? '');

/** Finds the names in a PromQL expression. It need not be correct otherwise: promtool checks that. */
export function namesIn(expression: string): Named {
  const tokens: readonly string[] = expression.replaceAll(/\[[^\]]*\]/g, '').match(TOKEN) ?? [];
  const selectors: Selector[] = [];
  const grouping: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? '';
    const next = tokens[at + 1] ?? '';
    if (!isName(token) || WORDS.has(token)) continue;
    if (GROUPING.has(token)) {
      if (next !== '(') continue;
      const end = tokens.indexOf(')', at);
      grouping.push(...tokens.slice(at + 2, end).filter(isName));
      at = end;
    } else if (next === '{') {
      const end = tokens.indexOf('}', at);
      selectors.push({ metric: token, matchers: matchersIn(tokens.slice(at + 2, end)) });
      at = end;
    } else if (next !== '(' && !GROUPING.has(next)) {
      selectors.push({ metric: token, matchers: [] });
    }
  }
  return { selectors, grouping };
}

function matchersIn(tokens: readonly string[]): Selector['matchers'] {
  return tokens.flatMap((label, at) => {
    const [operator, value = ''] = tokens.slice(at + 1, at + 3);
    if (!isName(label)) return [];
    return [{ label, value: operator === '=' ? value.slice(1, -1) : null }];
  });
}
