import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { NONCE } from './built.ts';

/** The server beside which `vite dev` shows the page. */
const SERVER = process.env.AFTERWORD_URL ?? 'http://127.0.0.1:4747';
const OF_SERVER = ['/api', '/auth', '/docs', '/errors', '/health', '/openapi.json'];

/**
 * The toasts' library puts its styles into the page while it loads, which the server's policy forbids. Its style sheet is
 * imported by the page in their place.
 */
const withoutInjectedStyles: Plugin = {
  name: 'without-injected-styles',
  transform(code, id) {
    if (!/\/sonner\/dist\/index\.mjs/.test(id)) return null;
    const inserted = 'function __insertCSS(code) {';
    if (!code.includes(inserted)) this.error('sonner puts its styles into the page in another way now');
    return { code: code.replace(inserted, `${inserted} return;`), map: null };
  },
};

export default defineConfig({
  plugins: [withoutInjectedStyles, react(), tailwind()],
  // The server puts another value in its place in each answer.
  html: { cspNonce: NONCE },
  server: {
    proxy: Object.fromEntries(OF_SERVER.map((path) => [path, { target: SERVER, changeOrigin: false }])),
  },
  build: {
    target: 'es2023',
    manifest: true,
    // The policy allows no data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
