/** Says to somebody who is signed in why the server led them back, as after linking an account that is taken. */
import { signInState, takeTurnedAway } from '../data/session.ts';
import { toast } from '../data/toast.ts';
import { byCode, problemText } from './problem-text.ts';

/** @returns a function that ends it */
export function tellTurnedAway(): () => void {
  return signInState.subscribe(() => {
    // Where nobody is signed in, the sign-in page says it.
    const code = signInState.get() === 'in' ? takeTurnedAway() : null;
    if (code !== null) toast.error(problemText(byCode(code)), { duration: 20_000 });
  });
}
