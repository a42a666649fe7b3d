import {
  type ComponentType,
  createElement,
  lazy,
  type ReactNode,
  Suspense,
  useEffect,
  useState,
} from 'react';

/** So long a page has for its own first requests before what may be needed is fetched, where the browser tells of no idle time. */
const SOON_MS = 1_000;

/** Runs it when the browser has nothing else to do. @returns what cancels it */
export function whenIdle(run: () => void): () => void {
  if (typeof requestIdleCallback === 'function') {
    const idle = requestIdleCallback(run);
    return () => cancelIdleCallback(idle);
  }
  const timer = setTimeout(run, SOON_MS);
  return () => clearTimeout(timer);
}

interface Parts<Props> {
  fetch: () => Promise<ComponentType<Props>>;
  fetched: ComponentType<Props>;
  props: Props;
}

/**
 * What opens over the page, and is not there until it is opened for the first time. It is fetched once the page stands, so
 * that nobody who presses its key waits for it.
 */
export function onDemand<Props extends { open: boolean }>(
  fetch: () => Promise<ComponentType<Props>>,
): (props: Props) => ReactNode {
  const fetched = lazy(async () => ({ default: await fetch() })) as unknown as ComponentType<Props>;
  return (props) => createElement(OnDemand<Props>, { fetch, fetched, props });
}

function OnDemand<Props extends { open: boolean }>({ fetch, fetched, props }: Parts<Props>) {
  const [wasOpened, setOpened] = useState(props.open);
  if (props.open && !wasOpened) setOpened(true);
  // What could not be fetched now is fetched when it is opened, and told of then.
  useEffect(() => whenIdle(() => void fetch().catch(() => {})), [fetch]);
  return wasOpened ? <Suspense>{createElement(fetched, props)}</Suspense> : null;
}
