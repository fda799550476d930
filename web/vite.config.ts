// How the page is built: plain files that refer to each other by relative address, nothing inlined, so that a
// Content-Security-Policy of 'self' is enough.
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

// The first picture waits for the page's own script (a few tens of kilobytes from the same machine), so that
// nothing is painted twice and a chosen theme never flashes.
function firstPaintWaitsForScript(): Plugin {
  return {
    name: 'first-paint-waits-for-script',
    enforce: 'post',
    transformIndexHtml: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  };
}

export default defineConfig({
  base: './',
  plugins: [svelte(), firstPaintWaitsForScript()],
  // `SERMO_URL=http://127.0.0.1:8080 npm run dev` works on the page against a running service.
  server: {
    fs: { allow: ['..'] },
    proxy: process.env['SERMO_URL'] ? { '/api': { target: process.env['SERMO_URL'], ws: true } } : {},
  },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
});
