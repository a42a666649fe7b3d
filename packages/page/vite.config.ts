import tailwind from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { NONCE } from './built.ts';

const EARLY = 'early';

/** Which files the page is built into; the first group that takes a module has it, with what that needs. */
const GROUPS = [
  // They import no others, and no library.
  {
    name: EARLY,
    test: /\/src\/(app\/(early|shade)|data\/(first-reads|key-of-tab|read-number)|words\/store)\.ts$/,
  },
  // Every page needs these, and they change seldom.
  {
    name: 'libraries',
    test: /rolldown\/runtime|\/node_modules\/(react|react-dom|scheduler|use-sync-external-store|@tanstack\/((react-)?router(-core)?|history|(react-)?store|(react-)?query(-core)?)|tinykeys|openapi-fetch|eventsource-parser|get-nonce)\//,
  },
  { name: 'frame', tags: ['$initial' as const] },
  { name: 'lists', test: /\/@tanstack\/(react-virtual|virtual-core)\// },
  {
    name: 'common',
    test: /\/lucide-react\/|\/src\/(parts\/(?!menu\.)|data|words|uploads\/dropped)/,
    minShareCount: 2,
  },
  {
    name: 'dialogs',
    test: /\/(@radix-ui\/(primitive|react-((alert-)?dialog|dismissable-layer|focus-.*|portal|id|slot|presence|primitive|context|compose-refs|use-.*))|react-remove-scroll|aria-hidden)\//,
  },
  { name: 'menus', test: /\/@floating-ui\/|\/@radix-ui\/react-(dropdown-)?menu\/|\/src\/parts\/menu\.tsx$/ },
];

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

/**
 * What is seen first waits for nothing but the document: the style sheet stands below it and is asked for above it, and what
 * runs before the libraries are there stands by itself.
 */
const firstThingsFirst: Plugin = {
  name: 'first-things-first',
  transformIndexHtml: {
    order: 'post',
    handler(html, { bundle }) {
      const early = Object.values(bundle ?? {}).find((file) => file.type === 'chunk' && file.name === EARLY);
      const [sheet] = /<link rel="stylesheet"[^>]*>/.exec(html) ?? [];
      // `vite dev` has no bundle, and its styles are scripts.
      if (!bundle) return html;
      if (!early || !sheet) return this.error('the build has no early script, or no style sheet');
      const href = /href="([^"]+)"/.exec(sheet)?.[1] ?? '';
      const own = { crossorigin: true, nonce: NONCE };
      return {
        html: html.replace(sheet, '').replace('</body>', `  ${sheet}\n  </body>`),
        tags: [
          { tag: 'link', attrs: { rel: 'preload', as: 'style', href, ...own } },
          { tag: 'script', attrs: { type: 'module', async: true, src: `/${early.fileName}`, ...own } },
        ].map((tag) => ({ ...tag, injectTo: 'head-prepend' as const })),
      };
    },
  },
};

export default defineConfig({
  plugins: [
    withoutInjectedStyles,
    firstThingsFirst,
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
      // The worker is a build of its own, which does not take over how much the page's may print.
      integration: {
        configureCustomSWViteBuild: (worker) => {
          worker.logLevel = 'error';
        },
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
          // Each file costs a phone's network a wait of its own, and each kilobyte that a page does not need costs one too.
          groups: GROUPS.map((group, at) => ({ ...group, priority: GROUPS.length - at })),
        },
      },
    },
  },
});
