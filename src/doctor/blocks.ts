import type { KnownBlock, View } from '@slack/types';
import { type BlocksValidateArguments, WebAPIPlatformError, type WebClient } from '@slack/web-api';
import { z } from 'zod';
import { judge } from '../adapters/slack-verdict.ts';
import type { NewBlock } from '../core/message.ts';
import { everyHome, everyMessage, everyView } from './every-builder.ts';
import { count, type Finding, note, ok, problem } from './finding.ts';
import { MARIA, NOW, picture } from './samples.ts';

/** What one call asks about. */
export interface Question {
  args: BlocksValidateArguments;
  /** What it was drawn for; of bare blocks, by index. */
  names: readonly string[];
  /** Not every workspace takes these. */
  isNew: boolean;
}

interface Refused {
  name: string;
  message: string;
  pointer: string;
}

/** No call starts later. */
const PATIENCE_MS = 15_000;
const MAX_REFUSED = 5;
/** As many as a message holds. */
const MAX_BLOCKS = 50;
/** So many characters of JSON are safely below what a message may hold. */
const MAX_JSON = 10_000;

/** Asks Slack itself whether it takes what the bot draws, with examples. */
export async function* checkBlocks(
  bot: WebClient,
  questions: readonly Question[] = everyQuestion(),
  patienceMs = PATIENCE_MS,
): AsyncGenerator<Finding, void, undefined> {
  const endsAt = performance.now() + patienceMs;
  const refused: Refused[] = [];
  const refusedNew: Refused[] = [];
  let asked = 0;
  let stoppedBy: string | null = null;
  for (const question of questions) {
    if (performance.now() > endsAt) stoppedBy = 'Slack answers too slowly';
    if (stoppedBy !== null) break;
    const answer = await ask(bot, question);
    if (answer.ok) (question.isNew ? refusedNew : refused).push(...answer.refused);
    else stoppedBy = answer.reason;
    asked += answer.ok ? 1 : 0;
  }
  yield* explain(refused);
  if (refusedNew.length > 0) yield explainNew(refusedNew);
  if (stoppedBy !== null) {
    yield note(
      `Could not ask Slack about all blocks (${stoppedBy}): ${asked} of ${questions.length} calls went through.`,
    );
  } else if (refused.length === 0) {
    yield ok('Slack accepts the blocks of every message, form and Home tab.');
  }
}

function* explain(refused: readonly Refused[]): Generator<Finding> {
  for (const { name, message, pointer } of refused.slice(0, MAX_REFUSED))
    yield problem(
      `Slack refuses blocks of the drawing "${name}": ${message} (${pointer}). It is sent as plain text, or not at all: update the bot.`,
    );
  const more = refused.length - MAX_REFUSED;
  if (more > 0) yield problem(`Slack refuses ${count(more, 'more block')} of other drawings.`);
}

function explainNew(refused: readonly Refused[]): Finding {
  const [first] = refused;
  return note(
    `This workspace does not take charts or tables in messages yet (${first?.message}), so numbers are sent as text.`,
  );
}

const refusal = z.object({
  error: z.enum(['invalid_blocks', 'invalid_view', 'invalid_message']),
  errors: z.array(z.object({ message: z.string(), pointer: z.string() })).min(1),
});

type Answer = { ok: true; refused: readonly Refused[] } | { ok: false; reason: string };

async function ask(bot: WebClient, { args, names }: Question): Promise<Answer> {
  try {
    await bot.blocks.validate(args);
    return { ok: true, refused: [] };
  } catch (error) {
    const read = error instanceof WebAPIPlatformError ? refusal.safeParse(error.data) : null;
    if (!read?.success) return { ok: false, reason: judge(error).reason };
    const refused = read.data.errors.map(({ message, pointer }) => ({
      name: names[Number(/^\/(\d+)/.exec(pointer)?.[1])] ?? names[0] ?? '',
      message: oneLine(message),
      pointer: oneLine(pointer),
    }));
    // A single mistake can have several consequences.
    return { ok: true, refused: firstOfEach(refused, ({ name }) => name) };
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200);

interface Drawn {
  name: string;
  block: KnownBlock | NewBlock;
}

const MANY = 3;
const WHO = 'Ana Ruiz';
const EXAMPLES = [
  picture(),
  picture({ status: 'claimed', owner: MARIA, claimedAt: NOW, dueAt: NOW }),
  picture({ status: 'contacted', owner: MARIA, claimedAt: NOW, contactedAt: NOW }),
];

/** Example drawings of every builder. */
function everyQuestion(): Question[] {
  const messages = EXAMPLES.flatMap((one) => everyMessage(one, MANY, WHO));
  const homes = everyHome(picture(), MANY, WHO).map(([name, { blocks }]): [string, View] => [
    name,
    { type: 'home', blocks },
  ]);
  const drawn = messages.flatMap(([name, { blocks, rich = [] }]) =>
    [...blocks, ...rich].map((block): Drawn => ({ name, block })),
  );
  const blocks = firstOfEach(drawn, ({ block }) => JSON.stringify(block));
  return [
    ...inFewCalls(blocks.filter(({ block }) => !isNew(block))).map((pack) =>
      questionOf(pack, false),
    ),
    ...blocks.filter(({ block }) => isNew(block)).map((one) => questionOf([one], true)),
    ...[...everyView(picture()), ...homes].map(([name, view]) => ofView(name, view)),
  ];
}

const ofView = (name: string, view: View): Question => ({
  args: { view },
  names: [name],
  isNew: false,
});

const questionOf = (pack: readonly Drawn[], isNew: boolean): Question => ({
  args: { blocks: pack.map(({ block }) => block) },
  names: pack.map(({ name }) => name),
  isNew,
});

function isNew(block: KnownBlock | NewBlock): boolean {
  return block.type === 'data_visualization' || block.type === 'data_table';
}

/** The first of those with the same key. */
function firstOfEach<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...Map.groupBy(items, keyOf).values()].flatMap((same) => same.slice(0, 1));
}

/** How often one may ask isn't published, so each call holds the blocks of many drawings. */
function inFewCalls(drawn: readonly Drawn[]): Drawn[][] {
  const packs: Drawn[][] = [];
  let ids = new Set<unknown>();
  let size = 0;
  for (const one of drawn) {
    const json = JSON.stringify(one.block);
    const { block_id: id } = one.block;
    const last = packs.at(-1);
    const fits =
      last !== undefined &&
      last.length < MAX_BLOCKS &&
      size + json.length <= MAX_JSON &&
      !(id !== undefined && ids.has(id));
    if (fits) last.push(one);
    else {
      packs.push([one]);
      ids = new Set();
      size = 0;
    }
    ids.add(id);
    size += json.length;
  }
  return packs;
}
