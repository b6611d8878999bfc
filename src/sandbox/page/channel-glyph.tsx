import type { PageChannel } from '../slack/protocol.ts';

export function ChannelGlyph({ kind }: { kind: PageChannel['kind'] }) {
  return (
    <svg className="glyph" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
      {kind === 'private' ? (
        <path
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          d="M5 9h10v7.5H5zM7 9V6.5a3 3 0 0 1 6 0V9"
        />
      ) : (
        <path
          fill="none"
          stroke="currentColor"
          strokeWidth="1.6"
          strokeLinecap="round"
          d="M8.2 3.5 6.6 16.5M13.4 3.5l-1.6 13M4.2 7.5h12.2M3.6 12.5h12.2"
        />
      )}
    </svg>
  );
}
