import type { PageState } from '../slack/protocol.ts';

/** Says who is away; nothing when all are there. */
export function Banner({ online, bot }: { online: boolean; bot: PageState['bot'] | null }) {
  const text = !online
    ? 'The local Slack is away. Reconnecting… (is the demo still running in the terminal?)'
    : bot && !bot.connected
      ? `${bot.name} is not connected. Buttons and commands work as soon as it is.`
      : null;
  return (
    <div role="status" className="banner-slot">
      {text && <div className={`banner ${online ? 'bot-away' : 'server-away'}`}>{text}</div>}
    </div>
  );
}
