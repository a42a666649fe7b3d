import { Link } from '@tanstack/react-router';
import { buttonLook } from '../parts/button.tsx';
import { useWords } from '../words/words.ts';
import { type Asked, isNarrowed } from './asked.ts';
import { longestWord } from './typed.ts';

/** Stands where a search found nothing: what is searched, and what may find more. */
export function NothingFound({ asked: { q = '', ...narrowed } }: { asked: Asked }) {
  const { conversations: words } = useWords();
  const word = longestWord(q);
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-12 text-center text-ink-soft">
      <p>{words.searched}</p>
      <div className="flex flex-wrap justify-center gap-2">
        {isNarrowed(narrowed) && (
          <Link to="/" search={{ q }} className={buttonLook('main')}>
            {words.searchAll}
          </Link>
        )}
        {word !== null && (
          <Link to="/" search={{ ...narrowed, q: word }} className={buttonLook('plain')}>
            {words.searchOnly(word)}
          </Link>
        )}
        <Link to="/" className={buttonLook('plain')}>
          {words.showAll}
        </Link>
      </div>
    </div>
  );
}
