/** Whether a message goes to one user: Slack's ids of users begin with U or W, those of conversations with them with D. */
export const isDirect = (channel: string): boolean => /^[DUW]/.test(channel);

/** Whether a channel is a user's id, which stands for the conversation with them. */
export const isUser = (channel: string): boolean => /^[UW]/.test(channel);

/** The kind of a message, for the operator. */
export const kindInWords = (kind: string): string =>
  kind === 'dm' ? 'direct message' : kind === 'home' ? 'Home tab' : kind;
