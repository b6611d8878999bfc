import { z } from 'zod';
import { type ApiResponse, refuse, refuseWithReasons } from './api-response.ts';
import { checkHome, checkMessageBlocks, checkView } from './block-kit.ts';
import { isObject, parseJson } from './json.ts';
import type { Method } from './web-api-method.ts';
import { method } from './web-api-method.ts';

const MAX_LENGTH = 100_000;

/** A finding of blocks.validate. The pointer is relative to the argument. */
interface ValidationError {
  code: 'failed_constraint';
  message: string;
  pointer: string;
}

export type Validated = 'blocks' | 'view' | 'message';

export function invalid(what: Validated, problems: readonly string[]): ApiResponse {
  return refuse(`invalid_${what}`, { errors: problems.map(errorOf) });
}

function errorOf(problem: string): ValidationError {
  const [, message = problem, pointer = ''] =
    /^([\s\S]*) \[json-pointer:(.*)\]$/.exec(problem) ?? [];
  return { code: 'failed_constraint', message, pointer: pointer.replace(/^\/view(?=\/|$)/, '') };
}

const given = z.string().max(MAX_LENGTH).optional();

/** Checks against the schema only. Bare blocks are checked as those of a message. */
const validate: Method = {
  ...method(
    [],
    z.strictObject({ blocks: given, view: given, message: given }),
    ({ blocks, view, message }) => {
      const some = [blocks, view, message].filter((one) => one !== undefined);
      const [only] = some;
      if (only === undefined || some.length > 1)
        return refuseWithReasons('invalid_arguments', [
          'must provide exactly one of `blocks`, `view`, or `message`',
        ]);
      const parsed = parseJson(only);
      if (!parsed.ok) return refuseWithReasons('invalid_arguments', ['must be valid JSON']);
      const { value } = parsed;
      if (view !== undefined) return outcome('view', checkEither(value));
      if (blocks !== undefined) return outcome('blocks', checkMessageBlocks(value, ''));
      return outcome('message', checkMessageBlocks(isObject(value) ? value['blocks'] : value));
    },
  ),
  token: null,
};

function checkEither(view: unknown): ReturnType<typeof checkView | typeof checkHome> {
  return isObject(view) && view['type'] === 'home' ? checkHome(view) : checkView(view);
}

function outcome(
  what: Validated,
  checked: { ok: true } | { ok: false; problems: readonly string[] },
): ApiResponse {
  // A message that is too long as a whole fits the schema.
  return checked.ok || checked.problems.length === 0
    ? { ok: true }
    : invalid(what, checked.problems);
}

export const blocksMethods: Readonly<Record<string, Method>> = { 'blocks.validate': validate };
