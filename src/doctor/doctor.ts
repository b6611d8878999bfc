import { parseArgs } from 'node:util';
import { BadProxy, routeThroughProxy } from '../proxy.ts';
import { checkEnvironment, examine } from './checks.ts';
import { type Finding, note } from './finding.ts';

const HELP = `npm run doctor -- [options]

Checks the settings, tokens, channels, database and a poll, and reports problems. It changes nothing, except
with --post.

  --post    also posts a test message in ALERT_CHANNEL and in DIGEST_CHANNEL
  --json    prints one JSON object: ok, problems (how many), and findings, each with kind (ok, note or problem)
            and text. npm run --silent doctor -- --json prints nothing else
  --help    this text

Exit codes: 0 no problems, 1 problems, 2 wrong usage.
`;

function readFlags() {
  try {
    return parseArgs({
      options: {
        post: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
}

/** Reports an error that ends the checks as a finding. */
async function* examination(post: boolean): AsyncGenerator<Finding, void, undefined> {
  try {
    yield* examine(process.env, { post, proxyDispatcher: routeThroughProxy(process.env) });
  } catch (error) {
    if (error instanceof BadProxy) {
      yield* checkEnvironment(process.env);
      yield note('Skipped everything else: all calls go through the proxy.');
      return;
    }
    yield { kind: 'problem', text: error instanceof Error ? error.message : String(error) };
  }
}

const { post, json, help } = readFlags();
if (help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const findings: Finding[] = [];
for await (const finding of examination(post)) {
  findings.push(finding);
  if (!json) console.log(`${finding.kind.padEnd(7)}  ${finding.text}`);
}
const problems = findings.filter(({ kind }) => kind === 'problem').length;
if (json) {
  console.log(JSON.stringify({ ok: problems === 0, problems, findings }, null, 2));
} else if (problems === 0) {
  console.log('\nNo problems found.');
} else {
  console.log(`\n${problems === 1 ? 'One problem' : `${problems} problems`}: see above.`);
}
process.exitCode = problems === 0 ? 0 : 1;
