import { conversationWords } from './de/conversation.ts';
import { conversationsWords } from './de/conversations.ts';
import { deliveriesWords } from './de/deliveries.ts';
import { operationWords } from './de/operation.ts';
import { problemsWords } from './de/problems.ts';
import { settingsWords } from './de/settings.ts';
import { shellWords } from './de/shell.ts';
import { standingWords } from './de/standing.ts';
import { timingWords } from './de/timing.ts';
import { uploadsWords } from './de/uploads.ts';
import { welcomeWords } from './de/welcome.ts';
import type { Words } from './en.ts';

export const de: Words = {
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
