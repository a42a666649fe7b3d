/**
 * Runs before the libraries are there, in a file of its own that needs none of them: the shade of what is seen first, and
 * what is read first.
 */
import { askFirst } from '../data/first-reads.ts';
import { followTheme } from './shade.ts';

followTheme();
askFirst(location);
