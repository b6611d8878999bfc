import type { PageState } from '../slack/protocol.ts';
import { FoldPanel } from './fold-panel.tsx';

/** What a newcomer does in two minutes, and what else there is. */
export function GuidePanel({ guide, tips }: Pick<PageState, 'guide' | 'tips'>) {
  const done = guide.filter((step) => step.done).length;
  const next = guide.find((step) => !step.done);
  return (
    <FoldPanel
      className="tips"
      title="What to try"
      note={next ? `${done}/${guide.length} done` : 'All done'}
    >
      {(open) =>
        open && (
          <div className="panel-body">
            <ol className="guide">
              {guide.map((step) => (
                <li
                  key={step.id}
                  className={step.done ? 'done' : undefined}
                  aria-current={step === next ? 'step' : undefined}
                >
                  <StepMark done={step.done} />
                  <div>
                    <b>
                      {step.what}
                      {step.done && <span className="unseen">: done</span>}
                    </b>
                    {!step.done && <p>{step.how}</p>}
                  </div>
                </li>
              ))}
            </ol>
            {tips.length > 0 && (
              <details>
                <summary>More to try</summary>
                <dl>
                  {tips.map(({ what, how }) => (
                    <div key={what} className="tip">
                      <dt>{what}</dt>
                      <dd>{how}</dd>
                    </div>
                  ))}
                </dl>
              </details>
            )}
          </div>
        )
      }
    </FoldPanel>
  );
}

function StepMark({ done }: { done: boolean }) {
  return (
    <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
      {done ? (
        <>
          <circle cx="10" cy="10" r="8.5" fill="currentColor" />
          <path className="tick" fill="none" strokeWidth="2" d="m6 10.3 2.8 2.8L14 7.4" />
        </>
      ) : (
        <circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" strokeWidth="1.5" />
      )}
    </svg>
  );
}
