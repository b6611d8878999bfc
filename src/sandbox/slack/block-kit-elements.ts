import { SLACK_LIMITS } from '../../core/slack-limits.ts';
import {
  all,
  boolean,
  byType,
  type Check,
  countText,
  list,
  matching,
  number,
  oneOf,
  problem,
  type Surface,
  shape,
  someOf,
  string,
  url,
} from './block-kit-check.ts';
import { isObject } from './json.ts';

function plainOf(max: number): Check {
  return all(shape({ text: string(max) }, { emoji: boolean }), countText);
}

function mrkdwnOf(max: number): Check {
  return all(shape({ text: string(max) }, { verbatim: boolean }), countText);
}

export function plain(max: number): Check {
  return byType({ plain_text: plainOf(max) });
}

export function mrkdwn(max: number): Check {
  return byType({ mrkdwn: mrkdwnOf(max) });
}

export function text(max: number): Check {
  return byType({ plain_text: plainOf(max), mrkdwn: mrkdwnOf(max) });
}

export const id = string(SLACK_LIMITS.id);
const slackFile = all(shape({}, { id: string(255), url }), someOf(['id', 'url'], true));
export const imageFields = { image_url: url, slack_file: slackFile, alt_text: string(2000) };
const picture = all(
  shape({ alt_text: string(2000) }, { image_url: url, slack_file: slackFile }),
  someOf(['image_url', 'slack_file'], true),
);
export const image = byType({ image: picture });

const confirm = shape(
  { title: plain(100), text: text(300), confirm: plain(30), deny: plain(30) },
  { style: oneOf('primary', 'danger') },
);

const optionText = plain(SLACK_LIMITS.optionText);
const optionFields = { text: optionText, value: string(SLACK_LIMITS.optionValue) };
const option = shape(optionFields, { description: optionText });
const overflowOption = shape(optionFields, { description: optionText, url });
// Only checkboxes and radio buttons allow mrkdwn in their options.
const richText = text(SLACK_LIMITS.optionText);
const richOption = shape({ ...optionFields, text: richText }, { description: richText });
const options = list(option, SLACK_LIMITS.selectOptions);
const optionGroups = list(shape({ label: optionText, options }), SLACK_LIMITS.selectOptions);

const common = { action_id: id, confirm, focus_on_load: boolean };
const select = { ...common, placeholder: plain(SLACK_LIMITS.placeholder) };
const several = { ...select, max_selected_items: number(1, 100) };
const conversationFilter = shape(
  {},
  {
    include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
);

const oneListOfOptions = someOf(['options', 'option_groups'], true);
const initialIsAnOption: Check = (value, at, ctx) => {
  if (!isObject(value) || !isObject(value['initial_option'])) return;
  const wanted = value['initial_option']['value'];
  const groups = Array.isArray(value['option_groups']) ? value['option_groups'] : [];
  const lists = [value['options'], ...groups.map((group) => isObject(group) && group['options'])];
  const known = lists.flatMap((some) => (Array.isArray(some) ? some : []));
  if (!known.some((one) => isObject(one) && one['value'] === wanted))
    problem(ctx, 'must match one of the options', `${at}/initial_option`);
};

const button = shape(
  { text: plain(SLACK_LIMITS.buttonText) },
  {
    action_id: id,
    confirm,
    value: string(SLACK_LIMITS.buttonValue),
    url,
    style: oneOf('primary', 'danger'),
    accessibility_label: string(75),
  },
);
export const buttonOnly = byType({ button });

const selects: Record<string, Check> = {
  static_select: all(
    shape({}, { ...select, options, option_groups: optionGroups, initial_option: option }),
    oneListOfOptions,
    initialIsAnOption,
  ),
  external_select: shape(
    {},
    { ...select, initial_option: option, min_query_length: number(0, 150) },
  ),
  users_select: shape({}, { ...select, initial_user: id }),
  conversations_select: shape(
    {},
    {
      ...select,
      initial_conversation: id,
      default_to_current_conversation: boolean,
      response_url_enabled: boolean,
      filter: conversationFilter,
    },
  ),
  channels_select: shape({}, { ...select, initial_channel: id, response_url_enabled: boolean }),
  multi_static_select: all(
    shape(
      {},
      { ...several, options, option_groups: optionGroups, initial_options: list(option, 100) },
    ),
    oneListOfOptions,
  ),
  multi_external_select: shape(
    {},
    { ...several, initial_options: list(option, 100), min_query_length: number(0, 150) },
  ),
  multi_users_select: shape({}, { ...several, initial_users: list(id, 100) }),
  multi_conversations_select: shape(
    {},
    {
      ...several,
      initial_conversations: list(id, 100),
      default_to_current_conversation: boolean,
      filter: conversationFilter,
    },
  ),
  multi_channels_select: shape({}, { ...several, initial_channels: list(id, 100) }),
};

const date = matching(/^\d{4}-\d{2}-\d{2}$/, 'must be a date as YYYY-MM-DD');
const time = matching(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time as HH:mm');

const choosers: Record<string, Check> = {
  ...selects,
  checkboxes: shape(
    { options: list(richOption, 10) },
    { ...common, initial_options: list(richOption, 10) },
  ),
  radio_buttons: all(
    shape(
      { options: list(richOption, SLACK_LIMITS.radioOptions) },
      { ...common, initial_option: richOption },
    ),
    initialIsAnOption,
  ),
  datepicker: shape({}, { ...select, initial_date: date }),
  timepicker: shape({}, { ...select, initial_time: time, timezone: string(100) }),
};

const workflowButton = shape(
  {
    text: plain(75),
    workflow: shape({
      trigger: shape(
        { url },
        {
          customizable_input_parameters: list(shape({ name: id, value: string(3000, 0) }), 100, 0),
        },
      ),
    }),
  },
  { action_id: id, style: oneOf('primary', 'danger'), accessibility_label: string(75) },
);
const overflow = shape(
  { options: list(overflowOption, SLACK_LIMITS.overflowOptions) },
  { action_id: id, confirm },
);
function only(surfaces: readonly Surface[], name: string, check: Check): Check {
  return (value, at, ctx) => {
    if (surfaces.includes(ctx.surface)) check(value, at, ctx);
    else problem(ctx, `unsupported type: ${name}`, `${at}/type`);
  };
}

const modalOnly = (name: string, check: Check): Check => only(['modal'], name, check);

const datetimepicker = only(
  ['message', 'modal'],
  'datetimepicker',
  shape({}, { ...common, initial_date_time: number(1_000_000_000, 9_999_999_999) }),
);

const dispatch = shape(
  {},
  { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2) },
);
const typed = {
  action_id: id,
  placeholder: plain(SLACK_LIMITS.placeholder),
  focus_on_load: boolean,
  dispatch_action_config: dispatch,
};
const initialText = string(SLACK_LIMITS.inputText, 0);
const initialRichText: Check = (value, at, ctx) => {
  if (!isObject(value) || value['type'] !== 'rich_text') problem(ctx, 'must be a rich_text', at);
};
const richTextInput = only(
  ['modal', 'home'],
  'rich_text_input',
  shape({}, { ...typed, initial_value: initialRichText }),
);

export const accessory = byType({
  ...choosers,
  button,
  image: picture,
  overflow,
  workflow_button: workflowButton,
});

export const actionElement = byType({
  ...choosers,
  button,
  overflow,
  datetimepicker,
  workflow_button: workflowButton,
  rich_text_input: richTextInput,
});

export const inputElement = byType({
  ...choosers,
  datetimepicker,
  plain_text_input: shape(
    {},
    {
      ...typed,
      initial_value: initialText,
      multiline: boolean,
      min_length: number(0, SLACK_LIMITS.inputText),
      max_length: number(1, SLACK_LIMITS.inputText),
    },
  ),
  email_text_input: modalOnly(
    'email_text_input',
    shape({}, { ...typed, initial_value: initialText }),
  ),
  url_text_input: modalOnly('url_text_input', shape({}, { ...typed, initial_value: initialText })),
  number_input: modalOnly(
    'number_input',
    shape(
      { is_decimal_allowed: boolean },
      { ...typed, initial_value: initialText, min_value: string(30), max_value: string(30) },
    ),
  ),
  file_input: modalOnly(
    'file_input',
    shape({}, { action_id: id, filetypes: list(string(30), 100), max_files: number(1, 10) }),
  ),
  rich_text_input: richTextInput,
});

export const contextActionElement = byType({
  feedback_buttons: shape(
    {
      positive_button: shape(
        { text: plain(75), value: string(2000) },
        { accessibility_label: string(75) },
      ),
      negative_button: shape(
        { text: plain(75), value: string(2000) },
        { accessibility_label: string(75) },
      ),
    },
    { action_id: id },
  ),
  icon_button: shape(
    { icon: oneOf('trash'), text: plain(75) },
    {
      action_id: id,
      value: string(2000),
      confirm,
      accessibility_label: string(75),
      visible_to_user_ids: list(id, 100),
    },
  ),
});
