import { z } from 'zod';
import { type ApiResponse, refuseWithReasons } from './api-response.ts';
import { type JsonObject, parseJson } from './json.ts';

/** Like `count`, accepts JSON and form bodies. A form sends every value as a string. */
export const flag = z.preprocess(
  (value) =>
    value === 'true' || value === '1' ? true : value === 'false' || value === '0' ? false : value,
  z.boolean(),
);

export const count = z.preprocess(
  (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
  z.int(),
);

/** A nested value, which a form sends as a JSON string. Invalid JSON is kept and refused later. */
export const nested = z.preprocess((value) => {
  if (typeof value !== 'string') return value;
  const parsed = parseJson(value);
  return parsed.ok ? parsed.value : value;
}, z.unknown());

/** A string, since a number would lose digits. */
export const ts = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/);

export const messageArguments = {
  text: z.string().optional(),
  blocks: nested.optional(),
  attachments: nested.optional(),
  metadata: nested.optional(),
  unfurl_links: flag.optional(),
  unfurl_media: flag.optional(),
  link_names: flag.optional(),
  parse: z.enum(['none', 'full', 'client']).optional(),
  mrkdwn: flag.optional(),
};

export type Parsed<Arguments> = { ok: true; args: Arguments } | { ok: false; answer: ApiResponse };

/** Slack ignores some unknown arguments. Here they are errors, to catch typos. */
export function parseArguments<Schema extends z.ZodType>(
  schema: Schema,
  args: JsonObject,
): Parsed<z.output<Schema>> {
  const { token: _, team_id: __, ...rest } = args;
  const parsed = schema.safeParse(rest);
  if (parsed.success) return { ok: true, args: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => `unsupported argument: ${key} [json-pointer:/${key}]`);
    const at = issue.path.join('/');
    const missing = issue.code === 'invalid_type' && rest[String(issue.path[0])] === undefined;
    return [`${missing ? `missing required field: ${at}` : issue.message} [json-pointer:/${at}]`];
  });
  return { ok: false, answer: refuseWithReasons('invalid_arguments', problems) };
}
