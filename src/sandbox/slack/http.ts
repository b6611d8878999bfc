import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiResponse } from './api-response.ts';
import { isObject, type JsonObject, parseJson } from './json.ts';

const MAX_BODY_BYTES = 4_000_000;

/** Rejects bodies larger than Slack accepts. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > MAX_BODY_BYTES) throw new Error(`The body is over ${MAX_BODY_BYTES} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Reads JSON or a form; `null` for JSON that isn't an object. */
export function readArguments(contentType: string | undefined, body: string): JsonObject | null {
  if (contentType?.startsWith('application/json')) {
    const parsed = parseJson(body);
    return parsed.ok && isObject(parsed.value) ? parsed.value : null;
  }
  return Object.fromEntries(new URLSearchParams(body));
}

export function sendJson(response: ServerResponse, answer: ApiResponse, status = 200): ApiResponse {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(answer));
  return answer;
}

export function sendText(
  response: ServerResponse,
  status: number,
  body: string | Uint8Array,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}
