/** As JSON can hold it, and as no gesture of Slack has it. */
export const ODD: readonly unknown[] = [
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

/** Fields into which Bolt looks by itself. */
const LOOKED_AT = [
  ...['actions', 'authorizations', 'bot_access_token', 'channel', 'channel_id', 'command'],
  ...[
    'container',
    'enterprise',
    'enterprise_id',
    'event',
    'function_data',
    'is_enterprise_install',
  ],
  ...[
    'name',
    'response_url',
    'response_urls',
    'team',
    'team_id',
    'type',
    'user',
    'view',
    '__proto__',
  ],
];

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** A body with each of its values, and each that Bolt looks for, replaced by each odd one, and once left out. */
export function* spoiled(body: Json): Generator<Json> {
  for (const path of [...pathsOf(body), ...LOOKED_AT.map((field) => [field])]) {
    for (const odd of ODD) yield without(body, path, odd);
    yield without(body, path);
  }
}

function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    yield [...path, key];
    yield* pathsOf(inner, [...path, key]);
  }
}

function without(body: Json, [key = '', ...rest]: readonly string[], ...odd: unknown[]): Json {
  const copy: Json = Array.isArray(body) ? Object.assign([], body) : { ...body };
  const inner = copy[key];
  if (rest.length > 0 && isObject(inner)) copy[key] = without(inner, rest, ...odd);
  else if (odd.length === 0) delete copy[key];
  else {
    Object.defineProperty(copy, key, {
      value: odd[0],
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}
