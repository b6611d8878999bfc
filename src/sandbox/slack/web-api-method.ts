import type { z } from 'zod';
import type { ApiResponse } from './api-response.ts';
import type { JsonObject } from './json.ts';
import { parseArguments } from './web-api-arguments.ts';
import type { Workspace } from './workspace.ts';

export interface Method {
  /** `null`: it needs none. */
  token: 'bot' | 'app' | null;
  /** Scopes that every call needs. */
  scopes: readonly string[];
  run(args: JsonObject, workspace: Workspace): ApiResponse;
}

export function method<Schema extends z.ZodType>(
  scopes: readonly string[],
  schema: Schema,
  run: (args: z.output<Schema>, workspace: Workspace) => ApiResponse,
): Method {
  return {
    token: 'bot',
    scopes,
    run: (args, workspace) => {
      const parsed = parseArguments(schema, args);
      return parsed.ok ? run(parsed.args, workspace) : parsed.answer;
    },
  };
}

/** Slack's error if one of these scopes is missing, otherwise `null`. */
export function missingScope(workspace: Workspace, scopes: readonly string[]): ApiResponse | null {
  const missing = scopes.find((scope) => !workspace.scopes.has(scope));
  if (missing === undefined) return null;
  return {
    ok: false,
    error: 'missing_scope',
    needed: missing,
    provided: [...workspace.scopes].join(','),
  };
}
