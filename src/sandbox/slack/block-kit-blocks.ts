import { SLACK_LIMITS } from '../../core/slack-limits.ts';
import {
  all,
  boolean,
  byType,
  type Check,
  list,
  number,
  oneOf,
  problem,
  type Surface,
  shape,
  someOf,
  string,
  url,
} from './block-kit-check.ts';
import {
  accessory,
  actionElement,
  buttonOnly,
  contextActionElement,
  id,
  image,
  imageFields,
  inputElement,
  mrkdwn,
  plain,
  text,
} from './block-kit-elements.ts';
import { richText, richTextFields } from './block-kit-rich-text.ts';
import { cellText } from './data-text.ts';
import { isObject, objectsIn } from './json.ts';

const uniqueBlockId: Check = (value, at, ctx) => {
  id(value, at, ctx);
  if (typeof value !== 'string') return;
  if (ctx.blockIds.has(value)) problem(ctx, `block_id ${value} already exists`, at);
  ctx.blockIds.add(value);
};

function block(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  return shape(required, { ...optional, block_id: uniqueBlockId });
}

const uniqueActionIds: Check = (value, at, ctx) => {
  if (!isObject(value)) return;
  const seen = new Set<unknown>();
  for (const [index, element] of objectsIn(value['elements']).entries()) {
    const actionId = element['action_id'];
    if (actionId === undefined) continue;
    if (seen.has(actionId))
      problem(
        ctx,
        `action_id ${String(actionId)} already exists`,
        `${at}/elements/${index}/action_id`,
      );
    seen.add(actionId);
  }
};

const header = block({ text: plain(SLACK_LIMITS.header) }, { level: number(1, 4) });
const divider = block({});
const section = all(
  block(
    {},
    {
      text: text(SLACK_LIMITS.text),
      fields: list(text(SLACK_LIMITS.fieldText), SLACK_LIMITS.fields),
      accessory,
      expand: boolean,
    },
  ),
  someOf(['text', 'fields']),
);
const context = block({
  elements: list(
    byType({
      image: (v, at, ctx) => image(v, at, ctx),
      plain_text: text(SLACK_LIMITS.text),
      mrkdwn: text(SLACK_LIMITS.text),
    }),
    SLACK_LIMITS.contextElements,
  ),
});
const actions = all(
  block({ elements: list(actionElement, SLACK_LIMITS.actionsElements) }),
  uniqueActionIds,
);
const { alt_text, ...imageSource } = imageFields;
const imageBlock = all(
  block({ alt_text }, { ...imageSource, title: plain(2000) }),
  someOf(['image_url', 'slack_file'], true),
);
const input = block(
  { label: plain(SLACK_LIMITS.inputLabel), element: inputElement },
  { hint: plain(SLACK_LIMITS.inputLabel), optional: boolean, dispatch_action: boolean },
);
const richTextBlock = block(richTextFields);
const video = block(
  { video_url: url, thumbnail_url: url, alt_text: string(2000), title: plain(200) },
  {
    title_url: url,
    author_name: string(50),
    provider_name: string(50),
    provider_icon_url: url,
    description: plain(200),
  },
);

const cardFields = {
  hero_image: image,
  icon: image,
  slack_icon: byType({ icon: shape({ name: string(255) }) }),
  title: mrkdwn(150),
  subtitle: mrkdwn(150),
  body: mrkdwn(200),
  subtext: mrkdwn(200),
  actions: list(buttonOnly, 3),
};
const oneIcon: Check = (value, at, ctx) => {
  if (isObject(value) && value['icon'] !== undefined && value['slack_icon'] !== undefined)
    problem(ctx, 'must provide only one of: icon, slack_icon', at);
};
const card = all(
  block({}, cardFields),
  someOf(['hero_image', 'title', 'actions', 'body']),
  oneIcon,
);

const anyNumber = number(-1e15, 1e15, false);

const carousel = block({
  elements: list(byType({ card: all(shape({}, { ...cardFields, block_id: id }), oneIcon) }), 10),
});

const cell = byType({
  raw_text: shape({ text: string(10_000) }),
  raw_number: shape({ value: anyNumber, text: string(255) }),
  rich_text: (v, at, ctx) => richText(v, at, ctx),
});
const oneTable: Check = (_value, at, ctx) => {
  ctx.tables += 1;
  if (ctx.tables > 1) problem(ctx, 'only one table allowed', at);
};
const table = all(
  block(
    { rows: list(list(cell, 20), 100) },
    {
      column_settings: list(
        shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: boolean }),
        20,
      ),
    },
  ),
  oneTable,
);

const MAX_TABLE_TEXT = 20_000;

const evenRows: Check = (value, at, ctx) => {
  if (!isObject(value) || !Array.isArray(value['rows'])) return;
  const rows = value['rows'].filter((row) => Array.isArray(row));
  if (new Set(rows.map((row) => row.length)).size > 1)
    problem(ctx, 'all rows must have the same number of cells', `${at}/rows`);
  for (const [index, one] of objectsIn(rows[0]).entries())
    if (one['type'] === 'rich_text')
      problem(ctx, 'header cells must not be rich_text', `${at}/rows/0/${index}`);
  const { row_header_column_index: header } = value;
  if (typeof header === 'number' && header >= (rows[0]?.length ?? 0))
    problem(ctx, 'must be the index of a column', `${at}/row_header_column_index`);
  const length = objectsIn(rows.flat()).reduce((sum, one) => sum + cellText(one).length, 0);
  if (length > MAX_TABLE_TEXT)
    problem(ctx, `must be less than ${MAX_TABLE_TEXT + 1} characters over all cells`, `${at}/rows`);
};
const dataTable = all(
  block(
    { caption: string(255), rows: list(list(cell, 20), 201, 2) },
    { page_size: number(1, 100), row_header_column_index: number(0, 19) },
  ),
  evenRows,
  oneTable,
);

/** The docs say six, live workspaces have been seen to take twelve. */
const MAX_SERIES = 6;

const uniqueNames: Check = (value, at, ctx) => {
  if (!isObject(value)) return;
  const names = objectsIn(value['series']).map((one) => one['name']);
  for (const [index, name] of names.entries())
    if (names.indexOf(name) < index) problem(ctx, 'must be unique', `${at}/series/${index}/name`);
};
const onePointEach: Check = (value, at, ctx) => {
  if (!isObject(value) || !isObject(value['axis_config'])) return;
  const { categories } = value['axis_config'];
  if (!Array.isArray(categories)) return;
  if (new Set(categories).size < categories.length)
    problem(ctx, 'must be unique', `${at}/axis_config/categories`);
  for (const [index, one] of objectsIn(value['series']).entries()) {
    const labels = objectsIn(one['data']).map((each) => each['label']);
    if (labels.length !== categories.length || categories.some((each) => !labels.includes(each)))
      problem(ctx, 'must provide one point for each category', `${at}/series/${index}/data`);
  }
};
const point = shape({ label: string(20), value: anyNumber });
const chart = byType({
  pie: shape({
    segments: list(shape({ label: string(20), value: number(1e-9, 1e15, false) }), MAX_SERIES),
  }),
  ...Object.fromEntries(
    ['bar', 'line', 'area'].map((kind) => [
      kind,
      all(
        shape({
          series: list(shape({ name: string(20), data: list(point, 20) }), MAX_SERIES),
          axis_config: shape(
            { categories: list(string(20), 20) },
            { x_label: string(50), y_label: string(50) },
          ),
        }),
        uniqueNames,
        onePointEach,
      ),
    ]),
  ),
});
const twoCharts: Check = (_value, at, ctx) => {
  ctx.charts += 1;
  if (ctx.charts > 2) problem(ctx, 'no more than 2 charts allowed', at);
};
const dataVisualization = all(block({ title: string(50), chart }), twoCharts);

const source = byType({ url: shape({ url, text: string(255) }) });
const taskFields = {
  required: {
    task_id: id,
    title: string(255),
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
  },
  optional: { details: richText, output: richText, sources: list(source, 100, 0) },
};
const taskCard = block(taskFields.required, taskFields.optional);

const markdown = all(block({ text: string(12_000) }), (value, at, ctx) => {
  if (!isObject(value) || typeof value['text'] !== 'string') return;
  ctx.markdownLength += value['text'].length;
  ctx.textLength += value['text'].length;
  if (ctx.markdownLength > 12_000)
    problem(ctx, 'must be less than 12001 characters over all markdown blocks', at);
});

// The documented list without `input` and `rich_text`, which the live validator refuses.
const containerChild = byType({
  actions,
  context,
  divider,
  header,
  image: imageBlock,
  section,
  table,
  video,
});
const container = all(
  block(
    { child_blocks: list(containerChild, 10) },
    {
      title: plain(150),
      rich_text_title: richText,
      subtitle: text(150),
      icon: image,
      width: oneOf('narrow', 'standard', 'wide', 'full'),
      is_collapsible: boolean,
      default_collapsed: boolean,
      has_header_divider: boolean,
    },
  ),
  someOf(['title', 'rich_text_title']),
);

const everywhere: Record<string, Check> = {
  actions,
  context,
  divider,
  header,
  image: imageBlock,
  input,
  rich_text: richTextBlock,
  section,
  video,
};

/** As documented in autumn 2026. Also refuses blocks that Slack accepts but doesn't render. */
export const blocksOn: Readonly<Record<Surface, Check>> = {
  message: byType({
    ...everywhere,
    card,
    carousel,
    container,
    context_actions: all(block({ elements: list(contextActionElement, 5) }), uniqueActionIds),
    data_table: dataTable,
    data_visualization: dataVisualization,
    markdown,
    plan: block(
      { title: string(255) },
      {
        tasks: list(
          byType({
            task_card: shape(taskFields.required, { ...taskFields.optional, block_id: id }),
          }),
          50,
        ),
      },
    ),
    table,
    task_card: taskCard,
  }),
  // The docs also list container, data_visualization and tables, which have been seen dropped there.
  home: byType({ ...everywhere, card, carousel }),
  modal: byType({
    ...everywhere,
    alert: block(
      { text: text(200) },
      { level: oneOf('default', 'info', 'warning', 'error', 'success') },
    ),
  }),
};
