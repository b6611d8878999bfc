import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const FOLDERS = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/Applications/Chromium.app/Contents/MacOS',
  '/Applications/Google Chrome.app/Contents/MacOS',
];

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The file in CHROMIUM, else the first with a usual name; null without a browser. */
function findChromium(): string | null {
  const { CHROMIUM } = process.env;
  const places = CHROMIUM
    ? [CHROMIUM]
    : FOLDERS.flatMap((folder) =>
        [...NAMES, 'Chromium', 'Google Chrome'].map((name) => join(folder, name)),
      );
  return places.find(canRun) ?? null;
}

const found = findChromium();

export const INSTALL =
  'install Chromium (apt-get install chromium) or set CHROMIUM to the file of a browser';

/** Tests that need a browser are skipped without it. */
export const chromiumIsHere = found !== null;
if (!chromiumIsHere && process.env['VITEST']) {
  console.log(`Skipped: the tests of the page need a browser: ${INSTALL}`);
}

export function launchChromium(): Promise<Browser> {
  if (found === null) throw new Error(`There is no browser: ${INSTALL}`);
  return chromium.launch({
    executablePath: found,
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
