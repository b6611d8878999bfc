/**
 * Slack's limits: text in UTF-16 units, lists in items.
 * https://docs.slack.dev/reference/block-kit/blocks
 * https://docs.slack.dev/reference/block-kit/block-elements
 * https://docs.slack.dev/reference/block-kit/composition-objects
 * https://docs.slack.dev/reference/views/modal-views
 */
export const SLACK_LIMITS = {
  messageBlocks: 50,
  /** Of a modal, and of a Home tab. */
  modalBlocks: 100,
  modalBytes: 250_000,
  /** Title, submit and close of a modal. */
  modalLabel: 24,
  privateMetadata: 3000,
  /** https://docs.slack.dev/reference/methods/chat.update */
  updateText: 4000,
  /** Block, action and callback ids. */
  id: 255,
  header: 150,
  /** Text of a section or context. */
  text: 3000,
  fields: 10,
  fieldText: 2000,
  contextElements: 10,
  actionsElements: 25,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  optionText: 75,
  /** @slack/types still says 75. */
  optionValue: 150,
  selectOptions: 100,
  overflowOptions: 5,
  radioOptions: 10,
  placeholder: 150,
  /** Label and hint of an input. */
  inputLabel: 2000,
  inputText: 3000,
} as const;
