/** Ignores the first argument of `log.warn('…', fields)` and the like: fields are behavior, wording isn't. */
const ignorer = {
  shouldIgnore(path) {
    const call = path.parentPath;
    if (!call?.isCallExpression() || path.listKey !== 'arguments' || path.key !== 0) return;
    const { callee } = call.node;
    const isLog =
      callee.type === 'MemberExpression' &&
      /(?:^|\.)log$/.test(nameOf(callee.object)) &&
      ['debug', 'info', 'warn', 'error'].includes(nameOf(callee.property));
    return isLog && (path.isStringLiteral() || path.isTemplateLiteral())
      ? 'the wording of a log line'
      : undefined;
  },
};

function nameOf(node) {
  if (node.type === 'Identifier') return node.name;
  return node.type === 'MemberExpression' ? `${nameOf(node.object)}.${nameOf(node.property)}` : '';
}

export const strykerPlugins = [{ kind: 'Ignore', name: 'wording-of-logs', value: ignorer }];
