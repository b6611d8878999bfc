import { parseArgs } from 'node:util';
import { makeDump } from './make-dump.ts';

const HELP = `npm run upgrade -- --dump   writes test/upgrade/9bb4b54 anew: a database of that commit and what its bots
                            have posted. Takes a minute, and needs the whole git history`;

const { values: flags } = parseArgs({
  options: { dump: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
if (flags.dump) await makeDump();
else console.log(HELP);
