/** The addresses of the page. What a page needs is fetched when somebody goes there, or is about to. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { readAsked } from '../conversations/asked.ts';
import { fetched } from '../parts/on-demand.tsx';
import { NotFound, PageProblem } from './problems.tsx';
import { Shell } from './shell.tsx';

/** A page whose part cannot be fetched says so in its place. */
const page: typeof lazyRouteComponent = (importer, name) =>
  lazyRouteComponent(() => fetched(importer()), name);

interface Context {
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: PageProblem,
});

const conversations = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: readAsked,
  component: page(() => import('../conversations/page.tsx'), 'ConversationsPage'),
});

const conversation = createRoute({
  getParentRoute: () => root,
  path: '/c/$id',
  validateSearch: ({ at }: Record<string, unknown>): { at?: number } =>
    // The moment that is to be shown and heard: UTC epoch, milliseconds.
    typeof at === 'number' && Number.isFinite(at) ? { at } : {},
  component: page(() => import('../conversation/page.tsx'), 'ConversationPage'),
});

const uploads = createRoute({
  getParentRoute: () => root,
  path: '/uploads',
  component: page(() => import('../uploads/page.tsx'), 'UploadsPage'),
});

const upload = createRoute({
  getParentRoute: () => root,
  path: '/uploads/$id',
  component: page(() => import('../timing/page.tsx'), 'UploadPage'),
});

const operation = createRoute({
  getParentRoute: () => root,
  path: '/operation',
  component: page(() => import('../operation/page.tsx'), 'OperationPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: page(() => import('../settings/page.tsx'), 'SettingsPage'),
});

const routeTree = root.addChildren([conversations, conversation, uploads, upload, operation, settings]);

export function createPageRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: 'intent',
    defaultErrorComponent: PageProblem,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>;
  }
}
