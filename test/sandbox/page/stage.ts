import type { Browser, Page as Tab } from 'playwright-core';
import { afterAll, afterEach, test as anyTest, beforeAll, expect, vi } from 'vitest';
import { buildPage, type Page } from '../../../src/sandbox/page/build-page.ts';
import type { PageState, PageView } from '../../../src/sandbox/slack/protocol.ts';
import { chromiumIsHere, launchChromium } from './chromium.ts';
import { type FakeSlack, type Requested, startFakeSlack } from './fake-slack.ts';
import { contactModal, stateFor } from './states.ts';

const WAIT_MS = 10_000;

/** Skipped without a browser. */
export const test = anyTest.runIf(chromiumIsHere);

/** Polls, since the page reacts with a delay. */
export const eventually = <T>(get: () => T | Promise<T>) => expect.poll(get, { timeout: WAIT_MS });

export interface Opening {
  path?: string;
  dark?: boolean;
  /** In pixels. */
  width?: number;
  /** Null for an unknown user. */
  state?: (as: string) => PageState | null;
}

export interface Stage {
  /** Opens the page in a new browser profile, with its own fake Slack. */
  open(opening?: Opening): Promise<Tab>;
  slack(): FakeSlack;
  lastRequest(): Requested | undefined;
  showViews(...views: Partial<PageView>[]): void;
}

/** Shares one browser between the tests of a file. Each test has its own page and fake Slack. */
export function setStage(): Stage {
  vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });
  let browser: Browser | undefined;
  let built: Page | undefined;
  let slack: FakeSlack | undefined;
  let tab: Tab | undefined;

  beforeAll(async () => {
    if (!chromiumIsHere) return;
    [browser, built] = await Promise.all([launchChromium(), buildPage()]);
  });
  afterEach(async () => {
    await tab?.context().close();
    await slack?.stop();
    tab = undefined;
    slack = undefined;
  });
  afterAll(async () => {
    await browser?.close();
  });

  const theSlack = () => {
    if (!slack) throw new Error('Open the page first.');
    return slack;
  };
  return {
    open: async ({ path = '', dark = false, width = 1280, state = stateFor } = {}) => {
      if (!browser || !built) throw new Error('There is no browser.');
      slack = await startFakeSlack(built, state);
      const context = await browser.newContext({
        viewport: { width, height: 800 },
        colorScheme: dark ? 'dark' : 'light',
      });
      tab = await context.newPage();
      tab.setDefaultTimeout(WAIT_MS);
      await tab.goto(slack.url + path);
      await tab.getByRole('main').waitFor();
      return tab;
    },
    slack: theSlack,
    lastRequest: () => theSlack().requests.at(-1),
    showViews: (...views) =>
      theSlack().show((state) => ({
        ...state,
        views: views.map((one, index) => ({
          id: `V${index}`,
          view: contactModal,
          errors: {},
          busy: false,
          ...one,
        })),
      })),
  };
}
