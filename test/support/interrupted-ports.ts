import type { Ports } from './fault-stage.ts';

/** `before`: the call has no effect · `after`: it takes effect, and its answer is lost. */
export interface Interruption {
  /** Index of the call. With `fails`, takes don't count: they are simply retried. */
  at: number;
  side: 'before' | 'after';
  /** `dies`: this call and all later ones never return, as if the process died · `fails`: the call throws. */
  how: 'dies' | 'fails';
}

/** Interrupts one call of a replica. */
export function interrupted({ outbox, messenger }: Ports, plan: Interruption | null) {
  const died = Promise.withResolvers<'died'>();
  const never = new Promise<never>(() => {});
  let dead = false;
  let calls = 0;

  const strike = (side: Interruption['side'], call: number): Promise<never> | undefined => {
    if (plan === null || plan.at !== call || plan.side !== side) return undefined;
    if (plan.how === 'fails') return Promise.reject(new Error('this call was to fail'));
    dead = true;
    died.resolve('died');
    return never;
  };
  const through = async <T>(make: () => Promise<T>, counts = true): Promise<T> => {
    if (dead) return never;
    const call = counts ? calls++ : -1;
    await strike('before', call);
    const answer = await make();
    await strike('after', call);
    return dead ? never : answer;
  };

  const ports: Ports = {
    outbox: {
      take: (...args) => through(() => outbox.take(...args), plan?.how !== 'fails'),
      confirm: (...args) => through(() => outbox.confirm(...args)),
    },
    messenger: {
      post: (...args) => through(() => messenger.post(...args)),
      update: (...args) => through(() => messenger.update(...args)),
      publishHome: (...args) => through(() => messenger.publishHome(...args)),
      copies: (...args) => through(() => messenger.copies(...args)),
      remove: (...args) => through(() => messenger.remove(...args)),
      judge: messenger.judge,
    },
  };
  return { ports, died: died.promise, calls: () => calls };
}
