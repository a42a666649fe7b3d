/** Says to somebody who is signed in why the server led them back, as after linking an account that is taken. */
import { toast } from 'sonner';
import { signInState, takeTurnedAway } from '../data/session.ts';
import { presentWords } from '../words/words.ts';

/** @returns a function that ends it */
export function tellTurnedAway(): () => void {
  return signInState.subscribe(() => {
    // Where nobody is signed in, the sign-in page says it.
    const code = signInState.get() === 'in' ? takeTurnedAway() : null;
    if (code === null) return;
    const known = (presentWords().problems as Record<string, { what: string; remedy: string }>)[code];
    toast.error(known ? `${known.what}. ${known.remedy}` : presentWords().problem.title, {
      duration: 20_000,
    });
  });
}
