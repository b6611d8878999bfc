import type { KnownBlock, Overflow } from '@slack/types';
import type { DirectReason, Drawing } from '../src/core/message.ts';
import { type Deadlines, MUTABLE, type Mutable, type StepKind } from '../src/core/steps.ts';
import { ids } from './ids.ts';
import { bold, button, context, message, option, overflow, section } from './parts.ts';

interface KindWords {
  name: string;
  when: string;
}

const KINDS: Readonly<Record<Mutable, KindWords>> = {
  offer: {
    name: 'First call',
    when: 'When you have first call on a lead. You have it either way.',
  },
  'hand-over': { name: 'Hand-overs', when: 'When a colleague hands a lead over to you.' },
  morning: {
    name: 'Morning list',
    when: 'At 9:00 on working days: what is yours, and what has changed.',
  },
  reminder: {
    name: 'Reminders',
    when: 'When several leads wait for you to claim them. Without it, one of them mentions you in its thread.',
  },
  'follow-up': { name: 'Follow-ups', when: 'When a lead that you contacted has no outcome yet.' },
  news: {
    name: 'News',
    when: 'When a company of yours changes. It comes as a mention in the thread of its card.',
  },
  escalation: {
    name: 'Stuck leads',
    when: 'When nobody claims a lead, or its owner keeps it again without reaching out.',
  },
};

/** Whether someone can get messages of this kind at all. */
function applies(
  kind: Mutable,
  isManager: boolean,
  { claimMs, contactMs, followUpMs }: Deadlines,
): boolean {
  switch (kind) {
    case 'escalation':
      return isManager && (claimMs !== null || contactMs !== null);
    case 'reminder':
      return claimMs !== null;
    case 'follow-up':
      return followUpMs !== null;
    default:
      return true;
  }
}

const ALWAYS =
  'A warning always comes before a lead of yours goes back to everyone. It can’t be turned off.';

/** What a direct message is of. */
type Sort = DirectReason['kind'] | 'morning' | StepKind;

/** Null for what can't be turned off, or never is a direct message by itself. */
const MUTES: Readonly<Record<Sort, Mutable | null>> = {
  offer: 'offer',
  'hand-over': 'hand-over',
  morning: 'morning',
  escalation: 'escalation',
  'kept-again': 'escalation',
  'follow-up': 'follow-up',
  news: 'news',
  warning: null,
  reminder: 'reminder',
  return: null,
};

/** The menu of a direct message, with what can be turned off of it; null for nothing. */
export function muteMenu(sorts: readonly Sort[]): Overflow | null {
  const kinds = MUTABLE.filter((kind) => sorts.some((sort) => MUTES[sort] === kind));
  const label = (kind: Mutable) =>
    kinds.length === 1 ? 'Turn off messages like this' : `Turn off: ${KINDS[kind].name}`;
  return overflow(
    ids.muteMenu,
    kinds.map((kind) => option(label(kind), kind)),
  );
}

/** Confirms what was chosen in that menu. */
export function turnedOff(kind: Mutable): Drawing {
  const text = `Turned off: ${KINDS[kind].name}. To turn it on again, use \`/lead settings\`.`;
  return message(text, [section(text)]);
}

/** What the bot tells an AE by itself, with buttons to change it. */
export function directSettings(
  muted: ReadonlySet<Mutable>,
  isManager: boolean,
  deadlines: Deadlines,
): Drawing {
  return message('Your notifications', [
    section('*Your notifications*'),
    ...settingRows(muted, isManager, deadlines),
  ]);
}

/** One row for each kind that someone can get. */
export function settingRows(
  muted: ReadonlySet<Mutable>,
  isManager: boolean,
  deadlines: Deadlines,
): (KnownBlock | null)[] {
  const shown = MUTABLE.filter((kind) => applies(kind, isManager, deadlines));
  return [
    ...shown.map((kind) => {
      const { name, when } = KINDS[kind];
      const isOn = !muted.has(kind);
      const press = button(
        isOn ? 'Turn off' : 'Turn on',
        ids.setting,
        `${kind}:${isOn ? 'off' : 'on'}`,
      );
      return section(
        `${isOn ? '🔔' : '🔕'} ${bold(name)} · ${isOn ? 'on' : 'off'}\n${when}`,
        press,
      );
    }),
    context(deadlines.contactMs === null ? null : ALWAYS),
  ];
}
