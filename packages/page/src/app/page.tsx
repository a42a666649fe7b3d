import { type ReactNode, useEffect, useRef } from 'react';
import { useWords } from '../words/words.ts';

export interface PageProps {
  title: string;
  /** Leads to where somebody has come from. */
  back?: ReactNode;
  /** Stands beside the title. */
  actions?: ReactNode;
  /** Stands in place of the heading, as while that is changed; the heading is read aloud all the same. */
  inPlace?: ReactNode;
  /** The heading is read aloud and not seen, where the page shows another one. */
  hidesTitle?: boolean;
  wide?: boolean;
  /** Stays at the foot of the window, also under a short page. */
  foot?: ReactNode;
  children: ReactNode;
}

/** Whether a page was shown before: the first one leaves the focus to the browser. */
let wasShown = false;

/** Frames a page: names it to the browser, and gives its heading the focus when somebody has gone to it. */
export function Page(props: PageProps) {
  const { title, back, actions, inPlace, hidesTitle = false, wide = false, foot, children } = props;
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title, words]);
  useEffect(() => {
    if (wasShown) heading.current?.focus({ preventScroll: true });
    wasShown = true;
  }, []);
  return (
    <div
      className={`mx-auto w-full px-4 pt-6 sm:px-8 ${wide ? 'max-w-7xl' : 'max-w-4xl'} ${foot ? 'flex min-h-[calc(100dvh-3.5rem-env(safe-area-inset-bottom))] flex-col sm:min-h-dvh' : 'pb-6'}`}
    >
      {back && <p className="-mt-2 mb-2 text-sm text-ink-soft">{back}</p>}
      <header className={hidesTitle ? '' : 'mb-6 flex flex-wrap items-center justify-between gap-3'}>
        <h1
          ref={heading}
          tabIndex={-1}
          className={hidesTitle || inPlace ? 'sr-only' : 'text-2xl font-semibold tracking-tight'}
        >
          {title}
        </h1>
        {inPlace && <div className="min-w-0 flex-1 basis-80">{inPlace}</div>}
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
      {foot}
    </div>
  );
}
