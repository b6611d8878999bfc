import { examine } from './doctor-checks.ts';

let problems = 0;
for await (const { kind, text } of examine(process.env)) {
  if (kind === 'problem') problems += 1;
  console.log(`${kind.padEnd(7)}  ${text}`);
}
console.log(
  problems === 0
    ? '\nNothing is in the way of the bot.'
    : `\n${problems === 1 ? 'One problem' : `${problems} problems`}: see above.`,
);
process.exit(problems === 0 ? 0 : 1);
