/**
 * Building blocks for Block Kit's rules. A check adds a problem for everything Slack would refuse, in
 * Slack's words: `must be less than 151 characters [json-pointer:/blocks/0/text/text]`.
 */
import { SLACK_LIMITS } from '../../core/slack-limits.ts';
import { isObject } from './json.ts';

export type Surface = 'message' | 'modal' | 'home';

/** State of one pass over the blocks of a message or view. */
export interface CheckContext {
  surface: Surface;
  problems: string[];
  blockIds: Set<string>;
  /** Sum of all text objects in UTF-16 units; never less than Slack's own count. */
  textLength: number;
  /** Sum of all markdown blocks. */
  markdownLength: number;
  tables: number;
  charts: number;
}

export type Check = (value: unknown, at: string, ctx: CheckContext) => void;

export function newCheckContext(surface: Surface): CheckContext {
  return {
    surface,
    problems: [],
    blockIds: new Set(),
    textLength: 0,
    markdownLength: 0,
    tables: 0,
    charts: 0,
  };
}

export function problem(ctx: CheckContext, what: string, at: string): void {
  ctx.problems.push(`${what} [json-pointer:${at}]`);
}

export function string(max: number, min = 1): Check {
  return (value, at, ctx) => {
    if (typeof value !== 'string') return problem(ctx, 'must provide a string', at);
    if (value.length > max) problem(ctx, `must be less than ${max + 1} characters`, at);
    if (value.length < min) problem(ctx, `must be more than ${min - 1} characters`, at);
  };
}

export const boolean: Check = (value, at, ctx) => {
  if (typeof value !== 'boolean') problem(ctx, 'must provide a boolean', at);
};

export function number(min: number, max: number, whole = true): Check {
  return (value, at, ctx) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || (whole && !Number.isInteger(value)))
      return problem(ctx, whole ? 'must provide an integer' : 'must provide a number', at);
    if (value < min) problem(ctx, `must be more than or equal to ${min}`, at);
    if (value > max) problem(ctx, `must be less than or equal to ${max}`, at);
  };
}

export function oneOf(...words: string[]): Check {
  return (value, at, ctx) => {
    if (typeof value !== 'string' || !words.includes(value))
      problem(ctx, `must be one of: ${words.join(', ')}`, at);
  };
}

export const url: Check = (value, at, ctx) => {
  string(SLACK_LIMITS.url)(value, at, ctx);
  if (typeof value === 'string' && !/^(https?|mailto|slack):/i.test(value))
    problem(ctx, 'must be a valid url', at);
};

export function matching(pattern: RegExp, what: string): Check {
  return (value, at, ctx) => {
    if (typeof value !== 'string' || !pattern.test(value)) problem(ctx, what, at);
  };
}

export function list(item: Check, max: number, min = 1): Check {
  return (value, at, ctx) => {
    if (!Array.isArray(value)) return problem(ctx, 'must provide an array', at);
    if (value.length > max) problem(ctx, `no more than ${max} items allowed`, at);
    if (value.length < min) problem(ctx, `no less than ${min} items allowed`, at);
    for (const [index, one] of value.entries()) item(one, `${at}/${index}`, ctx);
  };
}

/** An object with these keys and no others. {@link byType} checks `type`. */
export function shape(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return (value, at, ctx) => {
    if (!isObject(value)) return problem(ctx, 'must provide an object', at);
    for (const key of Object.keys(required))
      if (value[key] === undefined) problem(ctx, `missing required field: ${key}`, at);
    for (const [key, inner] of Object.entries(value)) {
      if (inner === undefined) continue;
      const check = required[key] ?? optional[key];
      if (check) check(inner, `${at}/${key}`, ctx);
      else if (key !== 'type') problem(ctx, `invalid additional property: ${key}`, at);
    }
  };
}

/** Picks the check by `type`, and refuses unknown types the way Slack does. */
export function byType(kinds: Readonly<Record<string, Check>>): Check {
  return (value, at, ctx) => {
    if (!isObject(value)) return problem(ctx, 'must provide an object', at);
    const { type } = value;
    if (type === undefined) return problem(ctx, 'missing required field: type', at);
    const check = typeof type === 'string' && Object.hasOwn(kinds, type) ? kinds[type] : undefined;
    if (check) check(value, at, ctx);
    else problem(ctx, `unsupported type: ${String(type)}`, `${at}/type`);
  };
}

export function all(...checks: Check[]): Check {
  return (value, at, ctx) => {
    for (const check of checks) check(value, at, ctx);
  };
}

/** At least one of these keys, or with `exactly` just one. */
export function someOf(keys: readonly string[], exactly = false): Check {
  return (value, at, ctx) => {
    if (!isObject(value)) return;
    const present = keys.filter((key) => value[key] !== undefined).length;
    if (present === 0) problem(ctx, `must provide one of: ${keys.join(', ')}`, at);
    if (exactly && present > 1) problem(ctx, `must provide only one of: ${keys.join(', ')}`, at);
  };
}

/** Adds an object's `text` to the total length. */
export const countText: Check = (value, _at, ctx) => {
  if (isObject(value) && typeof value['text'] === 'string') ctx.textLength += value['text'].length;
};
