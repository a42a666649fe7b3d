import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
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
  plugins: [
    withoutInjectedStyles,
    react(),
    tailwind(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'worker',
      filename: 'sw.ts',
      injectRegister: false,
      injectManifest: {
        // The document is not among them: the worker keeps it as the server has sent it, with its policy.
        globPatterns: ['assets/*.{js,css}', 'icons/*.{svg,png}'],
        dontCacheBustURLsMatching: /^assets\//,
        rollupFormat: 'iife',
        minify: true,
      },
      manifest: {
        id: '/',
        name: 'Afterword',
        short_name: 'Afterword',
        description: 'Your recordings as conversations: read them, hear them, correct them.',
        lang: 'en',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#faf9f7',
        theme_color: '#faf9f7',
        icons: [
          { src: '/icons/afterword-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icons/afterword-512.png', sizes: '512x512', type: 'image/png' },
          {
            src: '/icons/afterword-maskable-512.png',
            sizes: '512x512',
            type: 'image/png',
            purpose: 'maskable',
          },
        ],
        shortcuts: [{ name: 'Uploads', url: '/uploads' }],
      },
    }),
  ],
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
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Each file of the first load costs a phone's network a wait of its own. The libraries change seldom.
          groups: [
            { name: 'libraries', tags: ['$initial'], test: /node_modules/ },
            // The entry stays by itself: the list of files that a build leaves names it.
            { name: 'frame', tags: ['$initial'], test: /\/src\/(?!app\/main\.tsx)/ },
          ],
        },
      },
    },
  },
});
