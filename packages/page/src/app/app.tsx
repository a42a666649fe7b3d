import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useEffect } from 'react';
import { forgetWhoWasHere } from '../data/forget.ts';
import { followEvents } from '../data/live.ts';
import { createQueries } from '../data/queries.ts';
import { createPageRouter } from './router.tsx';
import { tellTurnedAway } from './turned-away.ts';

const queries = createQueries();
const router = createPageRouter(queries);

export function App() {
  useEffect(() => followEvents(queries), []);
  useEffect(() => forgetWhoWasHere(queries), []);
  useEffect(tellTurnedAway, []);
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  );
}
