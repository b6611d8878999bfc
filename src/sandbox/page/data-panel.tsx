import { useState } from 'react';
import type { PageState } from '../slack/protocol.ts';
import { FoldPanel } from './fold-panel.tsx';
import { send } from './send.ts';

/** Changes the lead tables the way the scoring pipeline would, or lets time pass, behind the bot's back. */
export function DataPanel({ actions }: { actions: PageState['panel'] }) {
  const [running, setRunning] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<{ ok: boolean; text: string } | null>(null);

  const run = async (action: PageState['panel'][number]) => {
    if (running) return;
    setRunning(action.id);
    setOutcome(null);
    const answer = await send('panel', { id: action.id });
    setRunning(null);
    setOutcome(
      answer.ok
        ? { ok: true, text: `Done: ${action.label}. The bot will see it at its next poll.` }
        : { ok: false, text: answer.error },
    );
  };

  return (
    <FoldPanel className="data" title="Change the data">
      {(open) => (
        <>
          {open && (
            <div className="panel-body">
              <p className="panel-intro">
                Let time pass, or act as the scoring pipeline: change a lead in Postgres. Then watch
                the bot react.
              </p>
              {actions.map((action) => (
                <div key={action.id} className="panel-action">
                  <button
                    type="button"
                    className={`button ${running === action.id ? 'busy' : ''}`}
                    aria-busy={running === action.id}
                    aria-describedby={`panel-${action.id}`}
                    onClick={() => void run(action)}
                  >
                    {action.label}
                  </button>
                  <p id={`panel-${action.id}`}>{action.hint}</p>
                </div>
              ))}
            </div>
          )}
          <p className={`panel-outcome ${outcome?.ok === false ? 'bad' : ''}`} role="status">
            {open ? outcome?.text : null}
          </p>
        </>
      )}
    </FoldPanel>
  );
}
