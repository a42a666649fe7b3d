/** Which of the people whom a provider signs in may come in. */
import { type Proof, sameCase } from './identities.ts';

/**
 * @param people addresses (`ana@example.com`), domains (`@example.com`) and subjects of the provider; without any, everybody
 * whom the provider signs in may come. Addresses count only if the provider has verified them.
 */
export function isAdmitted(
  people: readonly string[],
  { email, subject }: Pick<Proof, 'email' | 'subject'>,
): boolean {
  if (people.length === 0) return true;
  return people.some((entry) => {
    // A subject that looks like an address proves no address.
    if (!entry.includes('@')) return entry === subject;
    const wanted = sameCase(entry);
    if (email === null) return false;
    return wanted.startsWith('@') ? email.slice(email.indexOf('@')) === wanted : email === wanted;
  });
}
