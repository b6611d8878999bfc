import type { PressListener } from './press.ts';

/** The overflow menu of a card: each option names the button it stands in for. */
export const moreMenu =
  (listeners: Readonly<Record<string, PressListener>>): PressListener =>
  async (press) => {
    const colon = press.value.indexOf(':');
    const action = press.value.slice(0, colon);
    // The value comes from outside: `__proto__` and `constructor` name nothing of ours.
    const listener = Object.hasOwn(listeners, action) ? listeners[action] : undefined;
    if (listener !== undefined) await listener({ ...press, value: press.value.slice(colon + 1) });
  };
