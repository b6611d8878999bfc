import type { ActionsBlock, InputBlock, SectionBlock } from '@slack/types';
import { ButtonElement } from './button-element.tsx';
import { CheckboxesElement } from './checkboxes-element.tsx';
import type { ElementProps } from './element-props.ts';
import { OverflowElement } from './overflow-element.tsx';
import { RadioButtonsElement } from './radio-buttons-element.tsx';
import { LibraryBlocks } from './rich-text.tsx';
import { StaticSelectElement } from './static-select-element.tsx';
import { TextInputElement } from './text-input-element.tsx';
import { UsersSelectElement } from './users-select-element.tsx';

type AnyElement =
  | ActionsBlock['elements'][number]
  | InputBlock['element']
  | NonNullable<SectionBlock['accessory']>;

/** Renders interactive elements, since the library's have no click handlers. */
export function Element({ element, ...rest }: ElementProps<AnyElement>) {
  switch (element.type) {
    case 'button':
      return <ButtonElement element={element} {...rest} />;
    case 'overflow':
      return <OverflowElement element={element} {...rest} />;
    case 'static_select':
      return <StaticSelectElement element={element} {...rest} />;
    case 'users_select':
      return <UsersSelectElement element={element} {...rest} />;
    case 'radio_buttons':
      return <RadioButtonsElement element={element} {...rest} />;
    case 'checkboxes':
      return <CheckboxesElement element={element} {...rest} />;
    case 'plain_text_input':
    case 'email_text_input':
    case 'url_text_input':
    case 'number_input':
    case 'datepicker':
      return <TextInputElement element={element} {...rest} />;
    case 'image':
      return 'image_url' in element ? (
        <LibraryBlocks
          blocks={[
            {
              type: 'context',
              elements: [
                { type: 'image', image_url: element.image_url, alt_text: element.alt_text },
              ],
            },
          ]}
        />
      ) : null;
    default:
      return <span className="not-drawn">This page can't show the element “{element.type}”.</span>;
  }
}
