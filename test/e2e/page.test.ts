import type { Browser, Locator, Page as Tab } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { chromiumIsHere, launchChromium } from '../sandbox/page/chromium.ts';
import { eventually, test } from '../sandbox/page/stage.ts';
import { chooseIn, messageIn, pressIn, visit } from '../support/tab.ts';
import { dueNow, pollsForAnHour, startWorld } from '../support/world.ts';

const { db, slack, startAnother } = await startWorld({ page: true });

let browser: Browser | undefined;
let alice: Tab;
let ben: Tab;

beforeAll(async () => {
  if (!chromiumIsHere) return;
  browser = await launchChromium();
  const open = visit.bind(null, browser, slack.pageUrl);
  [alice, ben] = await Promise.all([open('Alice Moreno'), open('Ben Osei')]);
}, 60_000);
afterAll(() => browser?.close());

const readAbove = (tab: Tab): Promise<void> =>
  tab.locator('main .scroller').evaluate((box) => {
    box.scrollTop = 0;
  });

/** Sends a message, wherever the page is scrolled to. */
async function say(tab: Tab, text: string): Promise<void> {
  await readAbove(tab);
  const composer = tab.getByRole('textbox', { name: /^Message #/ });
  await composer.fill(text);
  await composer.press('Enter');
}

/** Waits until the message is in view: its beginning at least, all of it if it fits. */
async function inView(article: Locator): Promise<void> {
  await article.waitFor();
  const seen = () =>
    article.evaluate((one) => {
      const window = one.closest('.scroller')?.getBoundingClientRect();
      const { top, bottom } = one.getBoundingClientRect();
      if (!window) return false;
      const fits = bottom - top <= window.height;
      return top >= window.top - 1 && (fits ? bottom <= window.bottom + 1 : top < window.top + 1);
    });
  await eventually(seen).toBe(true);
}

test('shows the cards of both hot leads, with the next step', async () => {
  await messageIn(alice, /🔥 VelocityPay · 88/)
    .getByText('offer to connect with VP Eng Sarah Kim')
    .waitFor();
  await messageIn(alice, /🔥 HomeFront Technologies · 86/)
    .getByText('Firestore-to-Postgres migration review')
    .waitFor();
});

test('shows the owner on the card to everyone', async () => {
  await pressIn(messageIn(alice, /🔥 VelocityPay/), 'Claim lead');
  for (const tab of [alice, ben]) {
    const card = messageIn(tab, /✋ VelocityPay/);
    await card.getByText(/Claimed by @Alice Moreno/).waitFor();
    await card.getByRole('button', { name: 'Mark contacted' }).waitFor();
    expect(await card.getByRole('button', { name: 'Claim lead' }).count()).toBe(0);
  }
});

test('tells an AE who claims too late who won, in view', async () => {
  await say(ben, '/lead homefront.tech');
  const old = messageIn(ben, /Only visible to you[\s\S]*HomeFront/);
  await old.getByRole('button', { name: 'Claim lead' }).waitFor();
  await pressIn(messageIn(alice, /🔥 HomeFront/), 'Claim lead');
  await messageIn(ben, /✋ HomeFront/).waitFor();
  await pressIn(old, 'Claim lead');
  await inView(messageIn(ben, /Only visible to you[\s\S]*claimed by @Alice Moreno/i));
});

test('shows weights, people and history in Details, and closes it on Escape', async () => {
  await pressIn(messageIn(ben, /^(?!.*Only visible)[\s\S]*✋ VelocityPay/), 'Details');
  const modal = ben.getByRole('dialog', { name: 'VelocityPay' });
  for (const part of ['Usage 95 × 30% = 28.5', 'David Park, CTO', 'Claimed by @Alice Moreno']) {
    await modal.getByText(part).first().waitFor();
  }
  await ben.keyboard.press('Escape');
  await modal.waitFor({ state: 'detached' });
});

test('releases a lead from the menu of its card', async () => {
  const card = messageIn(alice, /✋ HomeFront/);
  await chooseIn(alice, card, 'Release');
  await messageIn(ben, /🔥 HomeFront/)
    .getByRole('button', { name: 'Claim lead' })
    .waitFor();
});

test('folds the card of a contacted lead to who, how and the note', async () => {
  await pressIn(messageIn(alice, /✋ VelocityPay/), 'Mark contacted');
  const form = alice.getByRole('dialog', { name: 'Mark contacted' });
  await form.getByRole('radio', { name: 'Call' }).check();
  await form.getByRole('textbox', { name: 'Note' }).fill('Wants a demo on Thursday');
  await pressIn(form, 'Save');
  await form.waitFor({ state: 'detached' });
  const folded = messageIn(ben, /✅ VelocityPay/);
  await folded.getByText(/by phone.*owner @Alice Moreno.*“Wants a demo on Thursday”/).waitFor();
  expect(await folded.getByText('Do next').count()).toBe(0);
});

test('answers a lookup privately and in view, and shares it after a preview', async () => {
  await say(ben, '/lead velocitypay.io');
  const answer = messageIn(ben, /Only visible to you[\s\S]*VelocityPay · 88/);
  await inView(answer);
  expect(await messageIn(alice, /Only visible to you[\s\S]*VelocityPay · 88/).count()).toBe(0);
  await pressIn(answer, 'Share in channel');
  const preview = ben.getByRole('dialog', { name: 'Share in channel' });
  await preview.getByText('Everyone in #hot-leads will see this:').waitFor();
  await preview
    .getByText(/VelocityPay · 88/)
    .first()
    .waitFor();
  expect(await messageIn(alice, /Shared by @Ben Osei/).count()).toBe(0);
  await pressIn(preview, 'Share');
  await messageIn(alice, /VelocityPay · 88[\s\S]*Shared by @Ben Osei/).waitFor();
});

test('claims a lead from the list of /lead hot', async () => {
  await say(ben, '/lead hot');
  const list = messageIn(ben, /Only visible to you[\s\S]*hot leads/);
  await inView(list);
  await pressIn(list, 'Claim lead');
  await list.getByText(/HomeFront Technologies.*claimed by @Ben Osei/).waitFor();
  await messageIn(alice, /✋ HomeFront/)
    .getByText('@Ben Osei')
    .waitFor();
});

test('offers near matches for a misspelled name', async () => {
  await say(alice, '/lead clodmetrics');
  const answer = messageIn(alice, /Only visible to you/);
  await inView(answer);
  await answer.getByText('No company matches “clodmetrics”').waitFor();
  await pressIn(answer, 'Open');
  await answer.getByText(/Not hot: /).waitFor();
});

test("scrolls to the user's own message", async () => {
  await say(alice, 'Who takes CloudMetrics when it turns hot?');
  await inView(messageIn(alice, /Alice Moreno[\s\S]*Who takes CloudMetrics/));
});

test('posts a card for a lead turned hot in the panel', async () => {
  await pressIn(alice.getByRole('region', { name: 'Change the data' }), 'CloudMetrics turns hot');
  const card = messageIn(alice, /🔥 CloudMetrics/);
  await inView(card);
  await card.getByText(/Score 74 → 86.*new: Vector/).waitFor();
});

test('claims a lead from its row of the digest', async () => {
  await pollsForAnHour(db);
  await startAnother({ DIGEST_SCHEDULE: dueNow() });
  await alice.getByRole('button', { name: 'sales-digest' }).click();
  const digest = messageIn(alice, /Leads for/);
  await digest.getByText('To claim', { exact: true }).waitFor();
  await pressIn(digest, 'Claim lead');
  await digest.getByText(/CloudMetrics.*claimed by @Alice Moreno/).waitFor();
});
