import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ApiResponse, refuse } from './api-response.ts';
import { carryOut, type Faults, strike } from './faults.ts';
import { readArguments, readBody, sendJson } from './http.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';
import { blocksMethods } from './web-api-blocks.ts';
import { chatMethods } from './web-api-chat.ts';
import { conversationsMethods } from './web-api-conversations.ts';
import { type Method, missingScope } from './web-api-method.ts';
import { usersMethods } from './web-api-users.ts';
import { viewsMethods } from './web-api-views.ts';
import { notifyWatchers, type Workspace } from './workspace.ts';

/** A received call and its outcome. */
export interface Call {
  /** A Web API method, `response_url`, or `ack` for an acknowledgement with a body. */
  method: string;
  /** With nested JSON parsed, and without the token. */
  args: JsonObject;
  /** `null` if nothing or no JSON was sent. */
  answer: ApiResponse | null;
  /** The kind of misbehavior, if any. */
  fault: string | null;
  /** Milliseconds. */
  at: number;
}

export interface Tokens {
  bot: string;
  app: string;
}

interface WebApi {
  workspace: Workspace;
  faults: Faults;
  calls: Call[];
  /** Called when a call has been answered. */
  answered: (call: Call) => void;
  tokens: Tokens;
  /** For apps.connections.open. */
  socketUrl: () => string;
}

const METHODS: Readonly<Record<string, Method>> = {
  ...blocksMethods,
  ...chatMethods,
  ...conversationsMethods,
  ...usersMethods,
  ...viewsMethods,
};

export async function serveWebApi(
  api: WebApi,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { searchParams } = new URL(request.url ?? '/', 'http://local');
  const body = await readBody(request);
  const sent = readArguments(request.headers['content-type'], body);
  const args: JsonObject = { ...Object.fromEntries(searchParams), ...sent };
  const token = bearer(request.headers.authorization) ?? args['token'];
  const { token: _, ...rest } = args;
  const call: Call = {
    method: name,
    args: readable(rest),
    answer: null,
    fault: null,
    at: api.workspace.now(),
  };
  api.calls.push(call);
  response.setHeader('x-oauth-scopes', [...api.workspace.scopes].join(','));
  const run = (): ApiResponse => (sent ? dispatch(api, name, token, rest) : refuse('invalid_json'));
  const fault = strike(api.faults, name, call.args);
  call.fault = fault?.kind ?? null;
  call.answer = fault ? await carryOut(fault, response, call, run) : sendJson(response, run());
  api.answered(call);
  notifyWatchers(api.workspace);
}

/**
 * Documented for every method: `unknown_method`, `not_authed`, `invalid_auth`,
 * `not_allowed_token_type`, `missing_scope`, `invalid_arguments`.
 */
function dispatch(api: WebApi, name: string, token: unknown, args: JsonObject): ApiResponse {
  const method = name === 'apps.connections.open' ? connectionsOpen(api) : own(METHODS, name);
  if (!method) return refuse('unknown_method', { req_method: name });
  if (method.token === null) return method.run(args, api.workspace);
  if (typeof token !== 'string' || token === '') return refuse('not_authed');
  if (token !== api.tokens.bot && token !== api.tokens.app) return refuse('invalid_auth');
  if (token !== api.tokens[method.token]) return refuse('not_allowed_token_type');
  return missingScope(api.workspace, method.scopes) ?? method.run(args, api.workspace);
}

function connectionsOpen(api: WebApi): Method {
  return { token: 'app', scopes: [], run: () => ({ ok: true, url: api.socketUrl() }) };
}

function own(methods: Readonly<Record<string, Method>>, name: string): Method | undefined {
  return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function bearer(authorization: string | undefined): string | undefined {
  return /^Bearer\s+(.+)$/i.exec(authorization ?? '')?.[1];
}

const NESTED = new Set(['blocks', 'metadata', 'view', 'message', 'attachments']);

function readable(args: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => {
      if (typeof value !== 'string' || !NESTED.has(key)) return [key, value];
      const parsed = parseJson(value);
      const whole = parsed.ok && (isObject(parsed.value) || Array.isArray(parsed.value));
      return [key, whole ? parsed.value : value];
    }),
  );
}
