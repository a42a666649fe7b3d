/**
 * Runs before the libraries are there, in a file of its own that needs none of them: the shade of what is seen first, and
 * what is read first.
 */
import { askFirst } from '../data/first-reads.ts';
import { followTheme } from './shade.ts';

followTheme();
askFirst(location);
// A browser loads the data of its languages and time zones when a document first asks for them, which takes a phone a tenth of
// a second. Nothing else is to be done while the libraries are on their way.
setTimeout(() => new Intl.DateTimeFormat().format(0));
