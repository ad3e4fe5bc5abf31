// What a browser test stands on: the demo server, Chromium in the wanted mood, small servers of
// other sites, and screenshots.

import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, readFileSync } from "node:fs";
import http from "node:http";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

export const here = import.meta.dirname;
const top = path.resolve(here, "../..");
const target = process.env.CARGO_TARGET_DIR ?? path.join(top, "target");
const modules = process.env.COUNTERSIGN_NODE_MODULES ?? path.join(target, "node/node_modules");
const { chromium } = createRequire(path.join(modules, "x.js"))("playwright-core");

const CHROMIUM = "/usr/bin/chromium";
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--no-default-browser-check", "--disable-default-apps", "--lang=en-GB", "--remote-debugging-port=0",
];
// Chromium's own settings, as a person finds them under "Privacy and security".
const MOODS = {
  // Windows of their own, as private ones are: nothing is shared between two of them.
  plain: {},
  open: { profile: { cookie_controls_mode: 0 } },
  // Cookies of another site than the one in the address bar are refused; partitioned ones are not.
  "third-party-blocked": { profile: { cookie_controls_mode: 1, block_third_party_cookies: true } },
  // No cookie of anybody is kept.
  "all-blocked": { profile: { default_content_setting_values: { cookies: 2 } } },
};
const READY_MS = 120_000;
export const WIDTHS = [1280, 390];

export class Stage {
  #server;
  #browsers = new Map();
  #contexts = [];
  #sites = [];
  #folders = [];

  // The demo server's address, `http://127.0.0.1:PORT`; it is started at the first call.
  async url() {
    this.#server ??= startServer(this.#folder("demo"));
    return (await this.#server).url;
  }

  // A new window of Chromium. Moods other than plain belong to a profile, so they share its cookies
  // with earlier windows of the same mood; those cookies are cleared first.
  async context(mood = "plain", options = {}) {
    if (!this.#browsers.has(mood)) this.#browsers.set(mood, startChromium(mood, this.#folder(mood)));
    const { browser } = await this.#browsers.get(mood);
    if (mood !== "plain") {
      const shared = browser.contexts()[0];
      await shared.clearCookies();
      return shared;
    }
    const context = await browser.newContext({ locale: "en-GB", ...options });
    this.#contexts.push(context);
    return context;
  }

  // A page in the wanted mood. What goes wrong in its console fails the test through `page.faults`.
  async page(mood = "plain", options = {}) {
    const page = await (await this.context(mood, options)).newPage();
    page.faults = [];
    page.on("pageerror", (error) => page.faults.push(String(error)));
    page.setDefaultTimeout(20_000);
    return page;
  }

  // A site of somebody else on a port of its own; `answer(request, response)`. Its address under
  // this host name.
  async site(answer, host = "localhost") {
    const server = http.createServer(answer);
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    this.#sites.push(server);
    return `http://${host}:${server.address().port}`;
  }

  // The page at both widths, as files in target/screens; fails when it must be scrolled sideways.
  async look(page, name) {
    const screens = path.join(target, "screens");
    mkdirSync(screens, { recursive: true });
    const before = page.viewportSize();
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      await page.screenshot({ path: path.join(screens, `${name}-${width}.png`), fullPage: true });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) throw new Error(`${name} is ${wide} pixels too wide at ${width}`);
    }
    if (before) await page.setViewportSize(before);
  }

  // After a failure: every open page as a picture, and what it says.
  async lastLook(title) {
    const screens = path.join(target, "screens");
    mkdirSync(screens, { recursive: true });
    const name = `failed-${title.replace(/[^a-z0-9]+/gi, "-").slice(0, 60)}`;
    let count = 0;
    for (const started of this.#browsers.values()) {
      const { browser } = await started;
      for (const page of browser.contexts().flatMap((context) => context.pages())) {
        if (page.url() === "about:blank") continue;
        count += 1;
        await page.screenshot({ path: path.join(screens, `${name}-${count}.png`) }).catch(() => {});
        const says = await page.innerText("body").catch(() => "");
        console.log(`        at ${page.url()}: ${says.replace(/\s+/g, " ").slice(0, 400)}`);
      }
    }
  }

  async afterTest() {
    for (const context of this.#contexts.splice(0)) await context.close().catch(() => {});
    for (const started of this.#browsers.values()) {
      const { browser } = await started.catch(() => ({}));
      for (const page of browser?.contexts().flatMap((c) => c.pages()) ?? []) {
        await page.close().catch(() => {});
      }
    }
    for (const site of this.#sites.splice(0)) {
      site.closeAllConnections();
      site.close();
    }
  }

  async close() {
    for (const started of this.#browsers.values()) {
      const { browser, child } = await started.catch(() => ({}));
      await browser?.close().catch(() => {});
      child?.kill("SIGKILL");
    }
    if (this.#server) (await this.#server.catch(() => null))?.child.kill("SIGTERM");
    await new Promise((done) => setTimeout(done, 200));
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #folder(name) {
    const folder = mkdtempSync(path.join(os.tmpdir(), `countersign-browser-${name}-`));
    this.#folders.push(folder);
    return folder;
  }
}

async function startServer(data) {
  const binary = path.join(target, "debug/countersign");
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run \`cargo build\` first`);
  const log = openSync(path.join(data, "server.log"), "w");
  const child = spawn(binary, ["demo", "--listen", "127.0.0.1:0", "--data", data], {
    stdio: ["ignore", "pipe", log],
  });
  const url = await new Promise((found, lost) => {
    const timer = setTimeout(() => lost(new Error("the demo server is not ready")), READY_MS);
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.startsWith("ready ")) return;
      clearTimeout(timer);
      found(line.slice("ready ".length).trim());
    });
    child.on("exit", (code) => {
      const says = readFileSync(path.join(data, "server.log"), "utf8").slice(-2000);
      lost(new Error(`the demo server ended with ${code}: ${says}`));
    });
  });
  return { child, url };
}

// Chromium is started by us and reached over its own protocol, so that no flag of a tool changes
// how it treats cookies and frames.
async function startChromium(mood, profile) {
  mkdirSync(path.join(profile, "Default"), { recursive: true });
  writeFileSync(path.join(profile, "Default/Preferences"), JSON.stringify(MOODS[mood]));
  const child = spawn(CHROMIUM, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const endpoint = await new Promise((found, lost) => {
    const timer = setTimeout(() => lost(new Error("Chromium does not start")), READY_MS);
    createInterface({ input: child.stderr }).on("line", (line) => {
      const at = line.match(/DevTools listening on (ws:\S+)/);
      if (!at) return;
      clearTimeout(timer);
      found(at[1]);
    });
    child.on("exit", (code) => lost(new Error(`Chromium ended with ${code}`)));
  });
  return { child, browser: await chromium.connectOverCDP(endpoint) };
}

export function check(good, what) {
  if (!good) throw new Error(what);
}

export function same(got, expected, what) {
  if (JSON.stringify(got) === JSON.stringify(expected)) return;
  throw new Error(`${what}: got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);
}
