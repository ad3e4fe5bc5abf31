// Runs every *.test.mjs in this folder in headless Chromium against a real demo server.
//
//   node tests/browser/run.mjs [WORD]     only tests whose name contains WORD
//
// The last line is `browser: N passed, N failed`. Screenshots go to target/screens. Needs
// playwright-core (tests/run puts it under target/node), Debian's chromium and the built binary.

import { readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Stage, here } from "./stage.mjs";

// One test may take this long; a page of the server takes milliseconds.
const PATIENCE_MS = 120_000;

const wanted = process.argv[2] ?? "";
const tests = [];
for (const name of readdirSync(here).filter((n) => n.endsWith(".test.mjs")).sort()) {
  const file = await import(pathToFileURL(path.join(here, name)));
  for (const [title, run] of Object.entries(file.tests)) tests.push({ title, run });
}

const stage = new Stage();
let passed = 0;
let failed = 0;
try {
  for (const { title, run } of tests.filter((t) => t.title.includes(wanted))) {
    const started = Date.now();
    let timer;
    const patience = new Promise((_, no) => {
      timer = setTimeout(() => no(new Error(`no end after ${PATIENCE_MS} ms`)), PATIENCE_MS);
    });
    try {
      await Promise.race([run(stage), patience]);
      passed += 1;
      console.log(`ok      ${title} (${Date.now() - started} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${title}\n${String(error.stack ?? error).replace(/^/gm, "        ")}`);
      await stage.lastLook(title);
    } finally {
      clearTimeout(timer);
      await stage.afterTest();
    }
  }
} finally {
  await stage.close();
}
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
