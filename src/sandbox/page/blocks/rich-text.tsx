import { type Block, Message, type MessageProps } from 'slack-blocks-to-jsx';
import { nameOf, useDirectory } from '../directory.ts';
import { useTheme } from '../theme.ts';
import { formatSlackDate } from './slack-date.ts';

function UserMention({ id }: { id: string }) {
  const directory = useDirectory();
  return (
    <span className={directory?.me.id === id ? 'mention mention-me' : 'mention'}>
      @{nameOf(directory, id)}
    </span>
  );
}

function ChannelMention({ id }: { id: string }) {
  return <span className="mention">#{nameOf(useDirectory(), id)}</span>;
}

function GroupMention({ id }: { id: string }) {
  return <span className="mention">@{nameOf(useDirectory(), id)}</span>;
}

function SlackDate({ timestamp, format }: { timestamp: string; format: string }) {
  const date = new Date(Number(timestamp) * 1000);
  return (
    <time dateTime={date.toISOString()} title={date.toLocaleString()}>
      {formatSlackDate(format, date, new Date())}
    </time>
  );
}

const HOOKS: NonNullable<MessageProps['hooks']> = {
  user: ({ id }) => <UserMention id={id} />,
  channel: ({ id }) => <ChannelMention id={id} />,
  usergroup: ({ id }) => <GroupMention id={id} />,
  atHere: () => <span className="mention mention-me">@here</span>,
  atChannel: () => <span className="mention mention-me">@channel</span>,
  atEveryone: () => <span className="mention mention-me">@everyone</span>,
  date: ({ timestamp, format }) => <SlackDate timestamp={timestamp} format={format} />,
  // `parse` returns unknown names unchanged. Slack shows them as typed.
  emoji: (emoji, parse) => {
    const drawn = parse(emoji);
    return drawn === emoji.name ? `:${emoji.name}:` : drawn;
  },
};

export function LibraryBlocks({ blocks }: { blocks: Block[] }) {
  return (
    <Message
      withoutWrapper
      logo=""
      name=""
      className="library"
      theme={useTheme()}
      blocks={blocks}
      hooks={HOOKS}
    />
  );
}
