import type { PageRequest } from '../slack/protocol.ts';

export type Answer = { ok: true } | { ok: false; error: string };

const AWAY = {
  ok: false as const,
  error: 'The local Slack did not respond. Is the demo still running in the terminal?',
};

/** Never rejects: an unreachable server also gives an answer. */
export async function send<Verb extends keyof PageRequest>(
  verb: Verb,
  request: PageRequest[Verb],
): Promise<Answer> {
  try {
    const response = await fetch(`/page/${verb}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
    });
    return readAnswer(await response.json());
  } catch {
    return AWAY;
  }
}

function readAnswer(body: unknown): Answer {
  if (typeof body !== 'object' || body === null) return AWAY;
  if ('ok' in body && body.ok === true) return { ok: true };
  const error = 'error' in body && typeof body.error === 'string' ? body.error : AWAY.error;
  return { ok: false, error };
}
