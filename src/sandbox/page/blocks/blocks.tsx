import type { AnyBlock, KnownBlock } from '@slack/types';
import type { Block } from 'slack-blocks-to-jsx';
import type { NewBlock } from '../../../core/message.ts';
import { Chart } from './chart.tsx';
import { DataTable } from './data-table.tsx';
import { Element } from './element.tsx';
import { InputBlock } from './input-block.tsx';
import { actionIdOf, blockIdOf, knownBlocks } from './input-values.ts';
import { NotDrawn } from './not-drawn.tsx';
import { LibraryBlocks } from './rich-text.tsx';
import { SectionBlock } from './section-block.tsx';
import { TextObject } from './text-object.tsx';

export function Blocks({ blocks }: { blocks: readonly AnyBlock[] }) {
  return (
    <div className="blocks">
      {knownBlocks(blocks).map((block, index) => {
        const blockId = blockIdOf(block, index);
        // biome-ignore lint/suspicious/noArrayIndexKey: block ids change on each update, and a remount flickers
        return <OneBlock key={`${index} ${block.type}`} block={block} blockId={blockId} />;
      })}
    </div>
  );
}

/** Renders blocks with mrkdwn or interactive elements here; the library renders the rest. */
function OneBlock({ block, blockId }: { block: KnownBlock; blockId: string }) {
  switch (block.type) {
    case 'section':
      return <SectionBlock block={block} blockId={blockId} />;
    case 'header':
      return (
        // biome-ignore lint/a11y/useSemanticElements: the library puts paragraphs inside, which an h3 may not hold
        <div className="block-header" role="heading" aria-level={3}>
          <TextObject text={block.text} />
        </div>
      );
    case 'context':
      return (
        <div className="block-context">
          {block.elements.map((element, index) =>
            element.type === 'image' ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the elements of a block have no names
              <Element key={index} element={element} blockId={blockId} reports={false} />
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: the elements of a block have no names
              <TextObject key={index} text={element} />
            ),
          )}
        </div>
      );
    case 'actions':
      return (
        <div className="block-actions">
          {block.elements.map((element) => (
            <Element key={actionIdOf(element)} element={element} blockId={blockId} reports />
          ))}
        </div>
      );
    case 'input':
      return <InputBlock block={block} blockId={blockId} />;
    case 'divider':
      return <hr className="block-divider" />;
    case 'data_table':
      return <DataTable block={block} />;
    default:
      if (isChart(block)) return <Chart block={block} />;
      return isForLibrary(block) ? (
        <LibraryBlocks blocks={[block]} />
      ) : (
        <NotDrawn type={block.type} />
      );
  }
}

const LIBRARY_DRAWS = new Set<string>([
  'rich_text',
  'image',
  'video',
  'table',
  'markdown',
  'alert',
  'card',
  'carousel',
  'container',
  'context_actions',
  'file',
  'plan',
  'task_card',
]);

// @slack/types lacks it.
function isChart(block: { type: string }): block is NewBlock {
  return block.type === 'data_visualization';
}

// Both types describe Slack's JSON, but support different new fields.
function isForLibrary(block: { type: string }): block is Block {
  return LIBRARY_DRAWS.has(block.type);
}
