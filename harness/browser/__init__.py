"""Layer 2: one Chromium, launched by Playwright and driven over the DevTools protocol."""
