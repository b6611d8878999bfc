import type { PageState } from '../slack/protocol.ts';

/** Warns when the server or the bot is not connected. */
export function Banner({ online, bot }: { online: boolean; bot: PageState['bot'] | null }) {
  const text = !online
    ? "Can't reach the local Slack. Reconnecting… Is the demo still running in the terminal?"
    : bot && !bot.connected
      ? `${bot.name} is not connected. Buttons and commands will work once it is.`
      : null;
  return (
    <div role="status" className="banner-slot">
      {text && <div className={`banner ${online ? 'bot-away' : 'server-away'}`}>{text}</div>}
    </div>
  );
}
