/** Lets one waiter sleep until somebody calls, or some time has passed. A call is never lost. */
export interface Wake {
  call(): void;
  /** Resolves after `ms`, at the next call, or at once when there was a call since the last wait. */
  wait(ms: number): Promise<void>;
}

export function createWake(): Wake {
  let called = false;
  let end: (() => void) | null = null;
  return {
    call() {
      called = true;
      end?.();
    },
    async wait(ms) {
      if (!called) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          end = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        end = null;
      }
      called = false;
    },
  };
}
