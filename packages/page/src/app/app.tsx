import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { followEvents } from '../data/live.ts';
import { createQueries } from '../data/queries.ts';
import { createPageRouter } from './router.tsx';

const queries = createQueries();
const router = createPageRouter(queries);

export function App() {
  useEffect(() => followEvents(queries), []);
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
