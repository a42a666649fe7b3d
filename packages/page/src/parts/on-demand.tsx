import { type ComponentType, createElement, type ReactNode, useEffect, useState } from 'react';

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

/** What is seen first comes in some seconds on a slow network. */
const LATER_MS = 4_000;

/** Runs it when what is seen first has come, for what must not share the network with that. @returns what cancels it */
export function later(run: () => void): () => void {
  const timer = setTimeout(run, LATER_MS);
  return () => clearTimeout(timer);
}

/** A part of the page that could not be fetched: there is no network, or the server has it no more since it has a newer version. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super('A part of the page could not be fetched.', { cause });
    this.name = 'PartMissing';
  }
}

let tellMissing = () => {};

/** @param listener is told each time that a part could not be fetched */
export function onPartMissing(listener: () => void): void {
  tellMissing = listener;
}

/** @throws PartMissing, in place of what a browser says, upon which the router would load the page anew, network or not */
export async function fetched<Part>(part: Promise<Part>): Promise<Part> {
  try {
    return await part;
  } catch (error) {
    tellMissing();
    throw new PartMissing(error);
  }
}

/** After these it is asked for once more, and whoever loads the page anew for it may reach the server: a network has come back, or somebody has. */
const SIGNS = ['online', 'focus'] as const;

/** Holds a part once it was fetched, for all places where it is shown. */
export interface Part<Props> {
  fetch: () => Promise<ComponentType<Props>>;
  there: ComponentType<Props> | null;
}

export function part<Props>(fetch: Part<Props>['fetch']): Part<Props> {
  return { fetch, there: null };
}

/** For somebody who is about to open it. What cannot be fetched now is fetched when it is opened, and told of then. */
export async function fetchAhead<Props>(part: Part<Props>): Promise<void> {
  part.there ??= await part.fetch().catch(() => null);
}

export interface OnDemandProps<Props> {
  part: Part<Props>;
  props: Props;
  /** Stands in its place until it is there. */
  absent?: ReactNode;
}

/**
 * Shows a part that is fetched when it is first shown. Where that fails, the page around it stays, where what React has for
 * this shows an error in place of everything. Asking again brings it only in some browsers, and tells in all of them what helps.
 */
export function OnDemand<Props extends object>({ part, props, absent = null }: OnDemandProps<Props>) {
  const [isThere, setThere] = useState(part.there !== null);
  useEffect(() => {
    if (isThere) return;
    const ended = new AbortController();
    const ask = () =>
      fetched(part.fetch()).then(
        (there) => {
          part.there = there;
          if (!ended.signal.aborted) setThere(true);
        },
        () => {
          for (const sign of SIGNS) window.addEventListener(sign, ask, { once: true, signal: ended.signal });
        },
      );
    void ask();
    return () => ended.abort();
  }, [part, isThere]);
  const There = part.there;
  return There ? <There {...props} /> : absent;
}

/**
 * What opens over the page, and is not there until it is opened for the first time. It is fetched once the page stands, so
 * that nobody who presses its key waits for it.
 */
export function onDemand<Props extends { open: boolean }>(
  fetch: Part<Props>['fetch'],
): (props: Props) => ReactNode {
  const opened = part(fetch);
  return (props) => createElement(Opened<Props>, { part: opened, props });
}

function Opened<Props extends { open: boolean }>({ part, props }: { part: Part<Props>; props: Props }) {
  const [wasOpened, setOpened] = useState(props.open);
  if (props.open && !wasOpened) setOpened(true);
  useEffect(() => whenIdle(() => void fetchAhead(part)), [part]);
  return wasOpened ? <OnDemand part={part} props={props} /> : null;
}
