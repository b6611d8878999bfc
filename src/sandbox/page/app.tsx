import { useCallback, useEffect, useMemo, useState } from 'react';
import type { HomeTab, PageChannel, PageState } from '../slack/protocol.ts';
import { Banner } from './banner.tsx';
import { ChannelView } from './channel-view.tsx';
import { DataPanel } from './data-panel.tsx';
import { type Directory, DirectoryContext } from './directory.ts';
import { GuidePanel } from './guide-panel.tsx';
import { Modal } from './modal.tsx';
import { usePlace } from './place.ts';
import { Sidebar } from './sidebar.tsx';
import { ThemeContext, useThemeSwitch } from './theme.ts';
import { ThreadPane } from './thread-pane.tsx';
import { useUnread } from './unread.ts';
import { useDrawer } from './use-drawer.ts';
import { usePageState } from './use-page-state.ts';

export function App() {
  const place = usePlace();
  const { theme, toggle } = useThemeSwitch();
  const { state, online } = usePageState(place.as);
  const channel = state && findChannel(state, place.channel);
  const directory = useDirectoryOf(state);
  return (
    <ThemeContext.Provider value={theme}>
      <DirectoryContext.Provider value={directory}>
        <div className="page">
          <Banner online={online} bot={state?.bot ?? null} />
          {state && channel ? (
            <Workspace
              state={state}
              channel={channel}
              tab={channel.kind === 'dm' && state.home ? place.tab : 'messages'}
              theme={theme}
              onToggleTheme={toggle}
              onOpen={({ name }, tab) => place.goTo(name, tab)}
              onBecome={place.become}
            />
          ) : (
            <p className="loading">
              {state ? 'This workspace has no channels.' : 'Opening the local Slack…'}
            </p>
          )}
        </div>
      </DirectoryContext.Provider>
    </ThemeContext.Provider>
  );
}

/** Keeps the same object until one of its parts changes. */
function useDirectoryOf(state: PageState | null): Directory | null {
  const { me, bot, people, channels, userGroups, shortcuts } = state ?? {};
  return useMemo(
    () =>
      me && bot && people && channels && userGroups && shortcuts
        ? { me, bot, people, channels, userGroups, shortcuts }
        : null,
    [me, bot, people, channels, userGroups, shortcuts],
  );
}

function findChannel(state: PageState, wanted: string | null): PageChannel | null {
  const found = state.channels.find(({ id, name }) => name === wanted || id === wanted);
  return found ?? state.channels[0] ?? null;
}

interface Props {
  state: PageState;
  channel: PageChannel;
  tab: HomeTab;
  theme: 'light' | 'dark';
  onToggleTheme: () => void;
  onOpen: (channel: PageChannel, tab: HomeTab) => void;
  onBecome: (id: string) => void;
}

function Workspace({ state, channel, tab, onOpen, onBecome, ...rest }: Props) {
  const sidebar = useDrawer();
  const unread = useUnread(state, tab === 'home' ? null : channel.id);
  const [appTab, setAppTab] = useState<HomeTab>('home');
  useEffect(() => {
    if (channel.kind === 'dm') setAppTab(tab);
  }, [channel.kind, tab]);
  const [thread, setThread] = useState<{ channel: string; ts: string } | null>(null);
  const openThread = useCallback(
    (ts: string) => setThread({ channel: channel.id, ts }),
    [channel.id],
  );
  const parent =
    thread?.channel === channel.id
      ? state.messages[channel.id]?.find(({ ts }) => ts === thread.ts)
      : undefined;

  const waiting = Object.values(unread).reduce((sum, count) => sum + count, 0);
  useEffect(() => {
    const where =
      tab === 'home'
        ? `Home of ${channel.name}`
        : `${channel.kind === 'dm' ? '' : '#'}${channel.name}`;
    document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${where} · Lead Alerts demo`;
  }, [waiting, channel, tab]);

  return (
    <div className={`workspace-grid ${parent ? 'with-thread' : ''}`}>
      <Sidebar
        state={state}
        open={channel.id}
        unread={unread}
        drawer={sidebar}
        onOpen={(picked) => {
          sidebar.close();
          const news = (unread[picked.id] ?? 0) > 0;
          onOpen(picked, picked.kind === 'dm' && state.home && !news ? appTab : 'messages');
        }}
        onBecome={onBecome}
        {...rest}
      />
      <ChannelView
        state={state}
        channel={channel}
        tab={tab}
        onOpenTab={(picked) => onOpen(channel, picked)}
        waiting={waiting}
        drawer={sidebar}
        onOpenThread={openThread}
      />
      <div className="right">
        {parent && (
          <ThreadPane
            state={state}
            channel={channel}
            parent={parent}
            onClose={() => setThread(null)}
          />
        )}
        {state.guide.length > 0 && <GuidePanel guide={state.guide} tips={state.tips} />}
        <DataPanel actions={state.panel} />
      </div>
      {state.views.map((view, index) => (
        <Modal
          key={view.id}
          shown={view}
          me={state.me.id}
          onTop={index === state.views.length - 1}
        />
      ))}
    </div>
  );
}
