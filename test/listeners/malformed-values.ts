/** Valid JSON that Slack would never send in these places. */
export const MALFORMED: readonly unknown[] = [
  null,
  0,
  -1e308,
  '',
  '__proto__',
  '\u0000\ud800',
  'x'.repeat(100_000),
  true,
  [],
  [null],
  {},
  { id: '__proto__', length: 1, value: {} },
  nested(1_000),
];

function nested(depth: number): unknown {
  let value: unknown = [];
  for (let n = 0; n < depth; n++) value = [value];
  return value;
}

/** Fields that Bolt reads. */
const READ_BY_BOLT = [
  'actions',
  'authorizations',
  'bot_access_token',
  'channel',
  'channel_id',
  'command',
  'container',
  'enterprise',
  'enterprise_id',
  'event',
  'function_data',
  'is_enterprise_install',
  'name',
  'response_url',
  'response_urls',
  'team',
  'team_id',
  'type',
  'user',
  'view',
  '__proto__',
];

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** The body with each value, and each field that Bolt reads, replaced by every malformed one and left out once. */
export function* spoiled(body: Json): Generator<Json> {
  for (const path of [...pathsOf(body), ...READ_BY_BOLT.map((field) => [field])]) {
    for (const value of MALFORMED) yield replaced(body, path, value);
    yield replaced(body, path);
  }
}

function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    yield [...path, key];
    yield* pathsOf(inner, [...path, key]);
  }
}

function replaced(
  body: Json,
  [key = '', ...rest]: readonly string[],
  ...replacement: unknown[]
): Json {
  const copy: Json = Array.isArray(body) ? Object.assign([], body) : { ...body };
  const inner = copy[key];
  if (rest.length > 0 && isObject(inner)) copy[key] = replaced(inner, rest, ...replacement);
  else if (replacement.length === 0) delete copy[key];
  else {
    Object.defineProperty(copy, key, {
      value: replacement[0],
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}
