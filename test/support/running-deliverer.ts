import { afterEach, expect } from 'vitest';
import type { Delivery, Drawing, UnreadableDelivery } from '../../src/core/message.ts';
import type { Messenger } from '../../src/core/ports.ts';
import {
  createDeliverer,
  DELIVERER_DEFAULTS,
  type DelivererDeps,
  type DelivererSettings,
} from '../../src/jobs/deliver.ts';
import { memoryMessenger, memoryOutbox } from './memory-delivery.ts';
import { memoryLog } from './memory-log.ts';
import { memoryMeter } from './memory-meter.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

export interface Scene {
  messages: readonly (Delivery | UnreadableDelivery)[];
  slack: Partial<Messenger>;
  settings: Partial<DelivererSettings>;
  render: (content: Delivery['content'], plain: boolean) => Drawing;
  refusalFor: NonNullable<DelivererDeps['refusalFor']>;
}

/** A running deliverer on an outbox and a Slack in memory, stopped after the test. */
export function runningDeliverer(scene: Partial<Scene> = {}) {
  const outbox = memoryOutbox(...(scene.messages ?? []));
  const messenger = memoryMessenger(scene.slack);
  const log = memoryLog();
  const meter = memoryMeter();
  const deliverer = createDeliverer({
    outbox,
    messenger,
    render:
      scene.render ?? ((content, plain) => ({ text: plain ? 'plain' : content.kind, blocks: [] })),
    ...(scene.refusalFor && { refusalFor: scene.refusalFor }),
    log,
    meter,
    settings: { ...DELIVERER_DEFAULTS, idleMs: 10, ...scene.settings },
  });
  const stopping = new AbortController();
  const running = deliverer.run(stopping.signal);
  const stop = (): Promise<void> => {
    stopping.abort();
    return running;
  };
  stops.push(stop);
  return { outbox, messenger, log, meter, stop, wake: deliverer.wake };
}

/** The outcome of a successful post of `delivery()`. */
export const SHOWN = {
  kind: 'shown',
  version: 3,
  address: { channel: 'C0HOT', ts: '100.1' },
  hash: expect.any(String),
  sent: true,
};

/** The address of a message that is already posted. */
export const AT = { channel: 'C0HOT', ts: '50.5' };
