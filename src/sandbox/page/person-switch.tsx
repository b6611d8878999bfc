import type { PageState } from '../slack/protocol.ts';
import { Avatar } from './avatar.tsx';
import { authorOf } from './directory.ts';

export function PersonSwitch({
  state,
  onBecome,
}: {
  state: PageState;
  onBecome: (id: string) => void;
}) {
  const { me, people } = state;
  return (
    <div className="person">
      <div className="person-label" aria-hidden="true">
        You are
      </div>
      <div className="person-row">
        <Avatar author={authorOf(state, me.id)} size={32} />
        <div className="person-main">
          <select
            aria-label="You are"
            value={me.id}
            onChange={(event) => onBecome(event.target.value)}
          >
            {people.map((person) => (
              <option key={person.id} value={person.id}>
                {person.realName}
                {person.external ? ' (external)' : ''}
              </option>
            ))}
          </select>
          <div className="person-title">{me.title}</div>
        </div>
      </div>
      {me.external && (
        <div className="person-external">
          From another organization: can see the shared channel, but can't act in it.
        </div>
      )}
    </div>
  );
}
