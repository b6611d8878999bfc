interface CacheSettings<Value> {
  load(key: string): Promise<Value>;
  /** Entries older than this are reloaded. */
  freshMs: number;
  /** Entries up to this age are the fallback when loading fails. */
  keepMs: number;
  /** How long to back off after this failure. */
  backOffMs(error: unknown): number;
  /** Beyond this many keys, the key loaded longest ago is evicted. */
  maxKeys: number;
  /** A monotonic clock in milliseconds. */
  now(): number;
}

/** Concurrent callers share one load. A value is as old as the start of its load. */
export interface Cache<Value> {
  /** Falls back to an older value when loading fails. @throws what `load` throws, without one */
  get(key: string, maxAgeMs?: number): Promise<Value>;
  /** Without a fallback. @throws what `load` throws */
  fresh(key: string, maxAgeMs: number): Promise<Value>;
  /** Never loads. */
  known(key: string): { value: Value } | null;
}

export function createCache<Value>(settings: CacheSettings<Value>): Cache<Value> {
  const { load, freshMs, keepMs, backOffMs, maxKeys, now } = settings;
  const entries = new Map<string, { value: Value; at: number }>();
  const failures = new Map<string, { error: unknown; until: number }>();
  const loading = new Map<string, Promise<Value>>();

  function put<Item>(map: Map<string, Item>, key: string, item: Item): void {
    map.delete(key);
    map.set(key, item);
    const [oldest] = map.keys();
    if (map.size > maxKeys && oldest !== undefined) map.delete(oldest);
  }

  async function loadOnce(key: string): Promise<Value> {
    const at = now();
    try {
      const value = await load(key);
      put(entries, key, { value, at });
      failures.delete(key);
      return value;
    } catch (error) {
      put(failures, key, { error, until: now() + backOffMs(error) });
      throw error;
    }
  }

  async function fresh(key: string, maxAgeMs: number): Promise<Value> {
    const entry = entries.get(key);
    if (entry !== undefined && now() - entry.at < maxAgeMs) return entry.value;
    const failure = failures.get(key);
    if (failure !== undefined && now() < failure.until) throw failure.error;
    const shared = loading.get(key);
    if (shared !== undefined) return shared;
    const work = loadOnce(key).finally(() => loading.delete(key));
    loading.set(key, work);
    return work;
  }

  function known(key: string): { value: Value } | null {
    const entry = entries.get(key);
    return entry !== undefined && now() - entry.at < keepMs ? { value: entry.value } : null;
  }

  return {
    fresh,
    async get(key, maxAgeMs = freshMs) {
      try {
        return await fresh(key, maxAgeMs);
      } catch (error) {
        const stale = known(key);
        if (stale === null) throw error;
        return stale.value;
      }
    },
    known,
  };
}
