import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** From Debian's package. */
const CHROMIUM = '/usr/bin/chromium';

/** Tests that need a browser are skipped without it. */
export const chromiumIsHere = existsSync(CHROMIUM);
if (!chromiumIsHere) {
  console.log(
    `Skipped: the tests of the page need ${CHROMIUM}. Install it with: apt-get install chromium`,
  );
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
