import { fileURLToPath } from 'node:url';
import { startChild } from '../../src/sandbox/supabase/child.ts';

/** Seconds from the start of `npm run demo -- --once` until both cards are posted. @throws if it fails */
export async function benchDemo(): Promise<number> {
  const demo = fileURLToPath(new URL('../../src/sandbox/demo/demo.ts', import.meta.url));
  let output = '';
  const startedAt = performance.now();
  let postedAt: number | null = null;
  const child = await startChild(process.execPath, [demo, '--once'], {
    onOutput(text) {
      output += text;
      if (postedAt === null && output.includes('the cards of VelocityPay and HomeFront are in')) {
        postedAt = performance.now();
      }
    },
  });
  await child.ended;
  if (child.exitCode() !== 0 || postedAt === null) {
    throw new Error(`The demo did not post both cards:\n${child.tail()}`);
  }
  return (postedAt - startedAt) / 1000;
}
