/** Takes the README's pictures from a running demo, and writes them to docs/pictures. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page as Tab } from 'playwright-core';
import { startChild } from '../../src/sandbox/supabase/child.ts';
import { launchChromium } from '../sandbox/page/chromium.ts';

const FOLDER = fileURLToPath(new URL('../../docs/pictures', import.meta.url));
const DEMO = fileURLToPath(new URL('../../src/sandbox/demo/demo.ts', import.meta.url));
/** The middle column of this window is in the pictures, so all are of one size. */
const WINDOW = { width: 1240, height: 640 };
const PATIENCE_MS = 60_000;
const THEMES = ['light', 'dark'] as const;

async function startDemo(): Promise<{ url: string; stop(): Promise<void> }> {
  let printed = '';
  const { promise: url, resolve, reject } = Promise.withResolvers<string>();
  const child = await startChild(process.execPath, [DEMO], {
    onOutput(text) {
      printed += text;
      const address = /Open\s+(http\S+)/.exec(printed)?.[1];
      if (address !== undefined) resolve(address);
    },
  });
  void child.ended.then(() => reject(new Error(`The demo has ended:\n${printed}`)));
  return { url: await url, stop: () => child.stop('SIGINT', 20_000) };
}

/** One picture in each theme, of the same state. */
async function take(tab: Tab, name: string): Promise<void> {
  await tab.mouse.move(0, 0);
  await tab.evaluate(
    () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
  );
  for (const colorScheme of THEMES) {
    await tab.emulateMedia({ colorScheme });
    await tab.locator(`html[data-theme="${colorScheme}"]`).waitFor();
    await tab.getByRole('main').screenshot({ path: `${FOLDER}/${name}-${colorScheme}.png` });
  }
  console.log(`  ${name}`);
}

/** The newest such message, at the top of the list. */
async function show(tab: Tab, reads: RegExp): Promise<void> {
  const message = tab.getByRole('article').filter({ hasText: reads }).last();
  await message.waitFor();
  await message.evaluate((one) => one.scrollIntoView({ block: 'start' }));
}

async function ask(tab: Tab, command: string): Promise<void> {
  const composer = tab.getByRole('textbox', { name: /^Message #/ });
  await composer.fill(command);
  await composer.press('Enter');
}

async function takeAll(tab: Tab): Promise<void> {
  const card = tab.getByRole('article').filter({ hasText: 'VelocityPay' }).last();
  await show(tab, /VelocityPay · 88[\s\S]*has first call/);
  await take(tab, 'card');

  await card.getByRole('button', { name: 'Claim lead' }).click();
  await show(tab, /Claimed by @Alice Moreno/);
  await tab.getByRole('button', { name: 'Dismiss message' }).last().click();
  await show(tab, /Claimed by @Alice Moreno/);
  await take(tab, 'claimed');

  await tab.getByRole('button', { name: 'Two hours later' }).click();
  await tab.getByText('Done: Two hours later').waitFor();
  await tab.getByRole('button', { name: 'lead-alerts' }).click();
  await tab.getByRole('tab', { name: 'Home' }).click();
  // HomeFront is free by then.
  await tab.getByRole('tabpanel').getByRole('button', { name: 'Claim lead' }).waitFor();
  await take(tab, 'home');

  await tab.getByRole('button', { name: 'hot-leads' }).click();
  await ask(tab, '/lead stats');
  await tab.getByRole('figure').first().waitFor();
  await show(tab, /Only visible to you/);
  await take(tab, 'stats');
}

mkdirSync(FOLDER, { recursive: true });
const browser = await launchChromium();
try {
  const demo = await startDemo();
  try {
    const context = await browser.newContext({ viewport: WINDOW, deviceScaleFactor: 1.5 });
    const tab = await context.newPage();
    tab.setDefaultTimeout(PATIENCE_MS);
    await tab.goto(demo.url);
    console.log(`Pictures in docs/pictures, each in ${THEMES.join(' and ')}:`);
    await takeAll(tab);
  } finally {
    await demo.stop();
  }
} finally {
  await browser.close();
}
