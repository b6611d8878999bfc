import type { SectionBlock as Section } from '@slack/types';
import { Element } from './element.tsx';
import { TextObject } from './text-object.tsx';

export function SectionBlock({ block, blockId }: { block: Section; blockId: string }) {
  return (
    <div className="block-section">
      <div className="section-main">
        {block.text && <TextObject text={block.text} />}
        {block.fields && (
          <div className="section-fields">
            {block.fields.map((field, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: fields have no names
              <TextObject key={index} text={field} />
            ))}
          </div>
        )}
      </div>
      {block.accessory && (
        <div className="section-accessory">
          <Element
            key={'action_id' in block.accessory ? block.accessory.action_id : block.accessory.type}
            element={block.accessory}
            blockId={blockId}
            reports
          />
        </div>
      )}
    </div>
  );
}
