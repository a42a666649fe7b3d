/**
 * Shows every state at `/states` of `vite dev`, which the pictures in the docs are taken of. The served page is built of
 * another document and has none of this.
 */
import { QueryClientProvider } from '@tanstack/react-query';
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { followTheme } from '../app/shade.ts';
import { keys } from '../data/keys.ts';
import { createQueries } from '../data/queries.ts';
import { timeZone } from '../words/format.ts';
import { followLanguage } from '../words/words.ts';
import { StatesPage } from './page.tsx';
import { shownUploads } from './shown.ts';
import '../app/styles.css';

followTheme();
await followLanguage();
timeZone.set('UTC');

const queries = createQueries();
for (const upload of shownUploads()) queries.setQueryData(keys.upload(upload.id), upload);
queries.setQueryData(keys.folders, []);

const router = createRouter({
  routeTree: createRootRoute({ component: StatesPage }),
  history: createMemoryHistory(),
});

const place = document.getElementById('page');
if (place)
  createRoot(place).render(
    <QueryClientProvider client={queries}>
      {/* Its links lead nowhere: the page's own routes are not there. */}
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
