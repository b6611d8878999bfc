import {
  all,
  boolean,
  byType,
  countText,
  list,
  matching,
  number,
  oneOf,
  shape,
  string,
  url,
} from './block-kit-check.ts';
import { id } from './block-kit-elements.ts';

const style = shape(
  {},
  {
    bold: boolean,
    italic: boolean,
    strike: boolean,
    code: boolean,
    underline: boolean,
    highlight: boolean,
    client_highlight: boolean,
    unlink: boolean,
  },
);

const leaf = byType({
  text: all(shape({ text: string(12_000) }, { style }), countText),
  link: all(shape({ url }, { text: string(12_000), style, unsafe: boolean }), countText),
  emoji: shape({ name: string(255) }, { unicode: string(255), style, skin_tone: number(1, 6) }),
  user: shape({ user_id: id }, { style }),
  usergroup: shape({ usergroup_id: id }, { style }),
  channel: shape({ channel_id: id }, { style }),
  team: shape({ team_id: id }, { style }),
  broadcast: shape({ range: oneOf('here', 'channel', 'everyone') }, { style }),
  color: shape({ value: matching(/^#[0-9a-f]{6}$/i, 'must be a color as #rrggbb') }, { style }),
  date: shape(
    { timestamp: number(0, 9_999_999_999), format: string(255) },
    { url, fallback: string(255), style },
  ),
});

const leaves = list(leaf, 1000, 0);
const section = shape({ elements: leaves });

export const richTextFields = {
  elements: list(
    byType({
      rich_text_section: section,
      rich_text_list: shape(
        {
          style: oneOf('bullet', 'ordered'),
          elements: list(byType({ rich_text_section: section }), 1000),
        },
        { indent: number(0, 8), offset: number(0, 10_000), border: number(0, 1) },
      ),
      rich_text_quote: shape({ elements: leaves }, { border: number(0, 1) }),
      rich_text_preformatted: shape(
        { elements: leaves },
        { border: number(0, 1), language: string(50) },
      ),
    }),
    1000,
  ),
};

/** A rich_text object inside another block. */
export const richText = byType({ rich_text: shape(richTextFields, { block_id: id }) });
