import type { KnownBlock } from '@slack/types';
import type { Block } from 'slack-blocks-to-jsx';
import { Element } from './element.tsx';
import { InputBlock } from './input-block.tsx';
import { actionIdOf, blockIdOf } from './input-values.ts';
import { LibraryBlocks } from './rich-text.tsx';
import { SectionBlock } from './section-block.tsx';
import { TextObject } from './text-object.tsx';

export function Blocks({ blocks }: { blocks: readonly KnownBlock[] }) {
  return (
    <div className="blocks">
      {blocks.map((block, index) => {
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
    default:
      return isForLibrary(block) ? (
        <LibraryBlocks blocks={[block]} />
      ) : (
        <p className="not-drawn">This page can't show the block “{block.type}”.</p>
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
  'data_visualization',
  'file',
  'plan',
  'task_card',
]);

// Both types describe Slack's JSON, but support different new fields.
function isForLibrary(block: { type: string }): block is Block {
  return LIBRARY_DRAWS.has(block.type);
}
