/** The catalogue: every string of the page, in English. Its shape is the type that the other languages must have. */
import { conversationWords } from './en/conversation.ts';
import { conversationsWords } from './en/conversations.ts';
import { deliveriesWords } from './en/deliveries.ts';
import { operationWords } from './en/operation.ts';
import { problemsWords } from './en/problems.ts';
import { settingsWords } from './en/settings.ts';
import { shellWords } from './en/shell.ts';
import { standingWords } from './en/standing.ts';
import { timingWords } from './en/timing.ts';
import { uploadsWords } from './en/uploads.ts';
import { welcomeWords } from './en/welcome.ts';

export const en = {
  ...shellWords,
  conversations: conversationsWords,
  conversation: conversationWords,
  standing: standingWords,
  uploads: uploadsWords,
  timing: timingWords,
  operation: operationWords,
  deliveries: deliveriesWords,
  problems: problemsWords,
  settings: settingsWords,
  welcome: welcomeWords,
};

export type Words = typeof en;
