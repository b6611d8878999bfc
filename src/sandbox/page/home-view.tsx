import { useEffect, useRef, useState } from 'react';
import type { PageHome } from '../slack/protocol.ts';
import { Blocks } from './blocks/blocks.tsx';
import { SurfaceContext } from './blocks/surface.ts';
import { send } from './send.ts';
import { useForm } from './use-form.ts';

/** How long an app may take to publish its Home after it was told that it is open. */
const PATIENCE_MS = 5_000;

interface Props {
  home: PageHome;
  me: string;
  app: string;
}

/** The Home tab of the app. Tells the app that it is open, each time it opens. */
export function HomeView({ home, me, app }: Props) {
  const [trouble, setTrouble] = useState<string | null>(null);
  const { surface } = useForm((blockId, actionId, option) =>
    send('press', {
      as: me,
      target: { in: 'home' },
      blockId,
      actionId,
      ...(option === undefined ? {} : { option }),
    }),
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gone = false;
    void send('openHome', { as: me }).then((answer) => {
      if (gone) return;
      if (!answer.ok) return setTrouble(answer.error);
      timer = setTimeout(() => setTrouble(`${app} has not put anything here yet.`), PATIENCE_MS);
    });
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [me, app]);

  // A press often removes the element that had the focus.
  const panel = useRef<HTMLDivElement>(null);
  const focused = useRef<EventTarget>(null);
  useEffect(() => {
    const lost = focused.current instanceof Node && !focused.current.isConnected;
    if (lost && document.activeElement === document.body) panel.current?.focus();
  });

  const { blocks } = home;
  return (
    <div
      className="home"
      role="tabpanel"
      aria-label={`Home of ${app}`}
      tabIndex={-1}
      ref={panel}
      onFocus={({ target }) => {
        focused.current = target;
      }}
    >
      {blocks !== null && blocks.length > 0 ? (
        <SurfaceContext.Provider value={surface}>
          <Blocks blocks={blocks} />
        </SurfaceContext.Provider>
      ) : (
        <p className="empty" role="status">
          {blocks !== null ? `${app} has nothing to show here.` : (trouble ?? 'Opening Home…')}
        </p>
      )}
    </div>
  );
}
