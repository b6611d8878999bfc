import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

// The Slack CLI's get-manifest hook: prints manifest.yml as JSON. @slack/cli-hooks reads only manifest.json.
// https://docs.slack.dev/tools/slack-cli/reference/hooks
const { values } = parseArgs({ strict: false, options: { boundary: { type: 'string' } } });
// The CLI reads what is between two copies of this, and ignores the rest of stdout.
const boundary = typeof values.boundary === 'string' ? values.boundary : '';
const manifest: unknown = parse(
  readFileSync(join(import.meta.dirname, '..', 'manifest.yml'), 'utf8'),
);
process.stdout.write(`${boundary}${JSON.stringify(manifest)}${boundary}\n`);
