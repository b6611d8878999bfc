import type { PageState } from '../slack/protocol.ts';
import { FoldPanel } from './fold-panel.tsx';

/** What a newcomer may try as an AE. */
export function TipsPanel({ tips }: { tips: PageState['tips'] }) {
  return (
    <FoldPanel className="tips" title="What to try">
      {(open) =>
        open && (
          <dl className="panel-body">
            {tips.map(({ what, how }) => (
              <div key={what} className="tip">
                <dt>{what}</dt>
                <dd>{how}</dd>
              </div>
            ))}
          </dl>
        )
      }
    </FoldPanel>
  );
}
