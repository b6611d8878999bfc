import { ids } from '../../blocks/ids.ts';
import { refusal } from '../../blocks/refusal.ts';
import type { PressListener } from './button-press.ts';
import type { ListenerDeps } from './deps.ts';

/** The overflow menu of a card. Each option's value is `<action>:<alert id>`. */
export const moreMenu =
  (
    listeners: Readonly<Record<string, PressListener>>,
    { now }: Pick<ListenerDeps, 'now'>,
  ): PressListener =>
  async (press) => {
    const colon = press.value.indexOf(':');
    const action = press.value.slice(0, colon);
    // Slack has opened the link.
    if (action === ids.crm) return;
    // Not `in`: the value may be `__proto__` or `constructor`.
    const listener = Object.hasOwn(listeners, action) ? listeners[action] : undefined;
    if (listener === undefined) await press.tell(refusal({ why: 'not-found' }, now()));
    else await listener({ ...press, value: press.value.slice(colon + 1) });
  };
