import type { MrkdwnElement, PlainTextElement } from '@slack/types';
import { TextObject } from './text-object.tsx';

type Text = MrkdwnElement | PlainTextElement;

/** Text and description of a radio button or checkbox. */
export function ChoiceText({ option }: { option: { text: Text; description?: Text } }) {
  return (
    <span>
      <TextObject text={option.text} />
      {option.description && (
        <span className="choice-more">
          <TextObject text={option.description} />
        </span>
      )}
    </span>
  );
}
