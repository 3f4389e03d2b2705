// browser.cjs WORK [SCREENSHOTS]: shows the pages that corpus.py left in WORK in headless Chromium, as submitted and as
// delivered, on a phone and on a desk: the same pixels, and each counted link leads, through the relay's real redirector,
// where the submitted one led in the browser's own reading. Then unsubscribes with the keyboard alone and without
// JavaScript. Nothing is fetched but from the relay.
const fs = require('fs');
const http = require('http');
const path = require('path');
const { chromium } = require('playwright-core');

const [work, screenshots] = process.argv.slice(2);
const pages = path.join(work, 'pages');
const TRACKING = 'https://track.relay.example';
const wrong = [];

/** GETs from the relay's tracking door, as the proxy in front of it would. */
function fromRelay(url) {
  return new Promise((resolve, reject) => {
    const { pathname } = new URL(url);
    http.get({ host: '127.0.0.1', port: 8080, path: pathname, headers: { Host: 'track.relay.example' } }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(chunks) }));
    }).on('error', reject);
  });
}

async function serve(page, shown) {
  await page.route('**/*', async (route) => {
    const url = new URL(route.request().url());
    if (url.host === 'mail.example') {
      const name = path.join(pages, url.pathname.slice(1));
      const charset = fs.readFileSync(`${name}.charset`, 'ascii');
      await route.fulfill({ contentType: `text/html; charset=${charset}`, body: fs.readFileSync(`${name}.${shown.which}`) });
    } else if (url.origin === TRACKING) {
      const { status, headers, body } = await fromRelay(url.href);
      await route.fulfill({ status, headers, body });
    } else {
      await route.abort();
    }
  });
}

/** Where the links lead, as the browser reads them. */
const addresses = (page) => page.$$eval('a[href], area[href]', (links) => links.map((link) => link.href));

async function compare(browser, names) {
  let links = 0;
  for (const width of [390, 1200]) {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    const shown = {};
    await serve(page, shown);
    for (const name of names) {
      const shots = {};
      const led = {};
      for (const which of ['before', 'after']) {
        shown.which = which;
        await page.goto(`http://mail.example/${name}`);
        shots[which] = await page.screenshot({ fullPage: true, animations: 'disabled' });
        led[which] = await addresses(page);
        if (screenshots) fs.writeFileSync(path.join(screenshots, `${name}-${width}-${which}.png`), shots[which]);
      }
      if (!shots.before.equals(shots.after)) wrong.push(`${name} looks different at ${width} px`);
      if (width !== 390) continue;
      if (led.before.length !== led.after.length) wrong.push(`${name} has ${led.after.length} links (expected: ${led.before.length})`);
      for (const [i, address] of led.after.entries()) {
        if (!address.startsWith(`${TRACKING}/c/`)) {
          const ours = led.before[i].endsWith('/__unsubscribe_url__') && address.startsWith(`${TRACKING}/u/`);
          if (address !== led.before[i] && !ours) wrong.push(`${name}: ${led.before[i]} became ${address}`);
          continue;
        }
        links++;
        const { status, headers } = await fromRelay(address);
        const location = status === 302 ? await page.evaluate((to) => new URL(to).href, headers.location) : `status ${status}`;
        if (location !== led.before[i]) wrong.push(`${name}: ${led.before[i]} leads to ${location}`);
      }
    }
    await context.close();
  }
  return links;
}

/** The picture of logo.png came, and stands above the heading within the page. */
async function seesLogo(page, where) {
  const logo = await page.locator('img.logo').evaluate((image) => ({ whole: image.naturalWidth, alt: image.alt }));
  const box = await page.locator('img.logo').boundingBox();
  const heading = await page.locator('h1').boundingBox();
  const fits = box && heading && box.height > 30 && box.height < 70 && box.y + box.height <= heading.y
    && box.x >= 0 && box.x + box.width <= page.viewportSize().width;
  if (logo.whole !== 120 || logo.alt !== 'Müller Shoes' || !fits) {
    wrong.push(`the logo (${where}): ${JSON.stringify({ ...logo, box, heading })}`);
  }
}

async function unsubscribe(browser, address) {
  const url = `http://127.0.0.1:8080${new URL(address).pathname}`;
  for (const [device, width, height] of [['phone', 390, 844], ['desk', 1280, 800]]) {
    for (const colorScheme of ['light', 'dark']) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme, javaScriptEnabled: false });
      const page = await context.newPage();
      const shot = (what) => screenshots
        && page.screenshot({ path: path.join(screenshots, `unsubscribe-${device}-${colorScheme}-${what}.png`) });
      await page.goto(url);
      await shot('asked');
      const asked = await page.textContent('main');
      if (!asked.includes('Unsubscribe from Müller Shoes?') || !asked.includes('Sender: shop.example')) {
        wrong.push(`the page on ${device} asks "${asked}"`);
      }
      await seesLogo(page, `${device}, ${colorScheme}`);
      await page.keyboard.press('Tab');
      await shot('focused');
      await page.keyboard.press('Enter');
      await page.locator('h1[role=status]').waitFor({ timeout: 5000 }).catch(() => {});
      const heading = await page.textContent('h1');
      if (heading !== 'You are unsubscribed') wrong.push(`Tab and Enter on ${device} led to "${heading}"`);
      await seesLogo(page, `${device}, ${colorScheme}, done`);
      await shot('done');
      await context.close();
    }
  }
}

(async () => {
  const began = Date.now();
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
  try {
    const names = fs.readdirSync(pages).filter((file) => file.endsWith('.charset')).map((file) => file.slice(0, -8)).sort();
    if (names.length < 20) wrong.push(`${names.length} mails (expected: at least 20)`);
    const links = await compare(browser, names);
    const leaving = fs.readFileSync(path.join(pages, `${names.find((name) => name.includes('unsubscribe'))}.after`), 'latin1')
      .match(/https:\/\/track\.relay\.example\/u\/[\w-]+/)[0];
    await unsubscribe(browser, leaving);
    console.log(`${names.length} mails, ${links} links followed, ${((Date.now() - began) / 1000).toFixed(1)} s`);
  } finally {
    await browser.close();
  }
  for (const line of wrong.slice(0, 20)) console.log(`    ${line}`);
  process.exitCode = wrong.length ? 1 : 0;
})();
