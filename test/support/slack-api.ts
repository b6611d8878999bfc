import { HttpResponse, http } from 'msw';
import { type SetupServer, setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';
import { sdkLog } from '../../src/ops/sdk-log.ts';
import { memoryLog } from './memory-log.ts';

/** Slack's API in tests. msw answers; nothing listens there. */
export const API_URL = 'https://slack.test/api/';

/** Keeps the SDK's log out of the test output. */
export const quietSdk = sdkLog(memoryLog());

/** How the adapters under test connect. */
export const CONNECTION = { botToken: 'xoxb-test', apiUrl: API_URL, sdkLog: quietSdk };

/** A call of a Web API method, with JSON arguments parsed. */
interface SlackCall {
  method: string;
  args: Readonly<Record<string, unknown>>;
}

interface SlackEdge {
  server: SetupServer;
  /** Every request of this test, answered or not. */
  calls: SlackCall[];
  /** Answers a method with these in turn, repeating the last. */
  answers(method: string, ...answers: readonly (() => Response | Promise<Response>)[]): void;
}

export const ok =
  (body: object = {}) =>
  () =>
    HttpResponse.json({ ok: true, ...body });
export const refuses =
  (error: unknown, more: object = {}) =>
  () =>
    HttpResponse.json({ ok: false, error, ...more });
export const http_ =
  (status: number, body = '', headers: Record<string, string> = {}) =>
  () =>
    new HttpResponse(body, { status, headers });
/** The connection breaks before an answer. */
export const breaks = () => HttpResponse.error();

/** A fake of Slack's Web API for a test file. Build clients inside the tests, once it listens. */
export function slackEdge(): SlackEdge {
  const server = setupServer();
  const calls: SlackCall[] = [];
  beforeAll(() => server.listen({ onUnhandledFrame: 'error' }));
  afterEach(() => {
    server.resetHandlers();
    calls.length = 0;
  });
  afterAll(() => server.close());
  return {
    server,
    calls,
    answers(method, ...answers) {
      let n = 0;
      server.use(
        http.post(`${API_URL}${method}`, async ({ request }) => {
          calls.push({ method, args: parsed(await request.text()) });
          const answer = answers[Math.min(n++, answers.length - 1)];
          if (answer === undefined) throw new Error(`no answer left for ${method}`);
          return answer();
        }),
      );
    },
  };
}

function parsed(body: string): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    args[name] = /^[[{]/.test(value) ? JSON.parse(value) : value;
  }
  return args;
}

/**
 * Runs a call whose timeouts fire at once.
 *
 * @returns the timeouts it set, in ms
 */
export async function withTimeUp(call: () => Promise<unknown>): Promise<number[]> {
  const limits: number[] = [];
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    limits.push(ms);
    return AbortSignal.abort(new DOMException('The operation timed out', 'TimeoutError'));
  });
  try {
    await call();
  } finally {
    spy.mockRestore();
  }
  return limits;
}

/** Takes the call and never answers. */
export const hangs = () => new Promise<Response>(() => {});
