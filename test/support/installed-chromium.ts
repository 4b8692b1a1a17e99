/** Sees to it that Chromium is there before the first file that needs it, so that no test spends its time on an installation. */
import { ensureChromium } from './chromium.ts';

export default async function setUp(): Promise<void> {
  await ensureChromium();
}
