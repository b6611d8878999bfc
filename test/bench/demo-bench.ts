import { fileURLToPath } from 'node:url';
import { startChild } from '../../src/sandbox/supabase/child.ts';

/** Seconds from the start of `npm run demo -- --once` until both cards stand. @throws when it fails */
export async function benchDemo(): Promise<number> {
  const demo = fileURLToPath(new URL('../../src/sandbox/demo/demo.ts', import.meta.url));
  let output = '';
  const startedAt = performance.now();
  let stoodAt: number | null = null;
  const child = await startChild(process.execPath, [demo, '--once'], {
    onOutput(text) {
      output += text;
      if (stoodAt === null && output.includes('the cards of VelocityPay and HomeFront stand')) {
        stoodAt = performance.now();
      }
    },
  });
  await child.ended;
  if (child.exitCode() !== 0 || stoodAt === null) {
    throw new Error(`The demo did not get to both cards:\n${child.tail()}`);
  }
  return (stoodAt - startedAt) / 1000;
}
