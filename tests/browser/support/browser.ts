// One Chromium a test file, one fresh page a test, and nothing may go wrong on it unnoticed.
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, inject } from 'vitest';

const kFlags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export const serviceUrl = inject('serviceUrl');

export interface TestBrowser {
  open: (options?: OpenOptions) => Promise<Page>;
}

export interface OpenOptions extends BrowserContextOptions {
  path?: string;
  service?: string; // the address of another service than the one that all tests share
  isReady?: boolean; // whether the models are to be waited for
  /** Console errors that the test provokes, such as an answer with status 422. */
  expected?: RegExp;
  grant?: string[]; // permissions
}

/** To be called at the top of a test file. */
export function useBrowser(extraFlags: string[] = []): TestBrowser {
  let browser: Browser;
  const pages: { page: Page; troubles: string[] }[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: process.env['SERMO_CHROMIUM'] ?? '/usr/bin/chromium', args: [...kFlags, ...extraFlags] });
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    const troubles = pages.flatMap((entry) => entry.troubles);
    for (const { page } of pages.splice(0)) await page.context().close();
    expect(troubles, 'errors on the page, refused sources, requests to other addresses').toEqual([]);
  });

  return {
    open: async ({ path = '/', service = serviceUrl, isReady = true, expected, grant = [], ...options } = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      if (grant.length > 0) await context.grantPermissions(grant);
      const page = await context.newPage();
      const troubles: string[] = [];
      page.on('pageerror', (error) => troubles.push(error.stack ?? error.message));
      page.on('console', (message) => {
        if (message.type() === 'error' && !expected?.test(message.text())) troubles.push(message.text());
      });
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(service) && !url.startsWith('blob:') && !url.startsWith('data:')) troubles.push(`request to ${url}`);
      });
      pages.push({ page, troubles });
      page.setDefaultTimeout(15_000);
      await page.goto(service + path);
      if (isReady) await page.getByRole('button', { name: /^Model/ }).and(page.locator(':enabled')).waitFor();
      return page;
    },
  };
}
