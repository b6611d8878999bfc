import type { Browser, Locator, Page as Tab } from 'playwright-core';

/** A new browser profile in #hot-leads, as the user picked at the top left. */
export async function visit(chromium: Browser, pageUrl: string, name: string): Promise<Tab> {
  const context = await chromium.newContext({ viewport: { width: 1280, height: 800 } });
  const tab = await context.newPage();
  tab.setDefaultTimeout(15_000);
  await tab.goto(pageUrl);
  await tab.getByRole('combobox', { name: 'You are' }).selectOption(name);
  return tab;
}

/** The newest matching message of the open channel. */
export const messageIn = (tab: Tab, reads: RegExp): Locator =>
  tab.getByRole('main').getByRole('article').filter({ hasText: reads }).last();

export const pressIn = (on: Locator | Tab, name: string): Promise<void> =>
  on.getByRole('button', { name, exact: true }).first().click();

export async function chooseIn(tab: Tab, card: Locator, choice: string): Promise<void> {
  await pressIn(card, 'More actions');
  await tab.getByRole('menuitem', { name: choice }).click();
}
