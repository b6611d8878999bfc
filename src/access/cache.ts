export interface CacheSettings<Value> {
  load(key: string): Promise<Value>;
  /** What is older is loaded anew. */
  freshMs: number;
  /** What is older is forgotten; until then it stands in for what can't be loaded. */
  keepMs: number;
  /** How long nothing is loaded after this failure to load it. */
  backOffMs(error: unknown): number;
  /** Beyond as many keys, the one that was loaded longest ago is forgotten. */
  most: number;
  /** Milliseconds of a clock that is never set back. */
  now(): number;
}

export interface Cache<Value> {
  /**
   * Whoever asks while it is being loaded waits for the same answer.
   * @throws what loading throws, when nothing is known from before
   */
  get(key: string, maxAgeMs?: number): Promise<Value>;
  /** @throws what loading throws: nothing older stands in */
  fresh(key: string, maxAgeMs: number): Promise<Value>;
  /** What is known without loading anything. */
  known(key: string): { value: Value } | null;
}

/** Remembers what is slow to load, or can't be loaded at times. */
export function createCache<Value>(settings: CacheSettings<Value>): Cache<Value> {
  const { load, freshMs, keepMs, backOffMs, most, now } = settings;
  const entries = new Map<string, { value: Value; at: number }>();
  const failures = new Map<string, { error: unknown; until: number }>();
  const loading = new Map<string, Promise<Value>>();

  function keep<Kept>(map: Map<string, Kept>, key: string, value: Kept): void {
    map.delete(key);
    map.set(key, value);
    const [oldest] = map.keys();
    if (map.size > most && oldest !== undefined) map.delete(oldest);
  }

  function fetched(key: string): Promise<Value> {
    const under = loading.get(key);
    if (under !== undefined) return under;
    const failed = failures.get(key);
    if (failed !== undefined && now() < failed.until) return Promise.reject(failed.error);
    const at = now();
    const work = load(key)
      .then((value) => {
        keep(entries, key, { value, at });
        failures.delete(key);
        return value;
      })
      .catch((error: unknown) => {
        keep(failures, key, { error, until: now() + backOffMs(error) });
        throw error;
      })
      .finally(() => loading.delete(key));
    loading.set(key, work);
    return work;
  }

  function known(key: string): { value: Value } | null {
    const entry = entries.get(key);
    return entry !== undefined && now() - entry.at < keepMs ? { value: entry.value } : null;
  }

  async function fresh(key: string, maxAgeMs: number): Promise<Value> {
    const entry = entries.get(key);
    return entry !== undefined && now() - entry.at < maxAgeMs ? entry.value : fetched(key);
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
