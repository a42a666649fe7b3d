/**
 * What was refused or failed, and what a person before the page can do: by the codes of docs/errors.md. The server says it for
 * programs, which cannot press a button; of a code that is not here its own words are shown.
 */
export const problemsWords = {
  name_without_time: {
    what: 'Its name does not tell when it was recorded',
    remedy:
      'Set the time below. The audio is kept. Next time, end the name in the start in Unix seconds, as memo_1774000000.wav.',
  },
  name_not_a_recording: {
    what: 'Its name does not end like that of a recording',
    remedy:
      'Send .bin, .wav, .ogg, .opus, .mp3, .flac, .m4a, .aac, .webm, .mka, .caf, .aiff, .au, .amr, .3gp or .wma files, and convert others first.',
  },
  clock_in_future: {
    what: 'It begins in the future: the clock of the device was ahead',
    remedy: 'Set the time below. The audio is kept.',
  },
  clock_too_old: {
    what: 'It begins before 2024, or was said to begin before 2000: the clock of the device was not set, or the number in its name is no time',
    remedy: 'Set the time below. The audio is kept.',
  },
  deleted: {
    what: 'You deleted this recording',
    remedy:
      'To get it back, send the file again: the list of what is sent then offers to take it all the same.',
  },
  empty_file: {
    what: 'The file is empty',
    remedy:
      'Nothing was recorded, or copying from the device failed: copy it from the device again and send it.',
  },
  erased_storage: {
    what: 'The file holds erased storage and no audio',
    remedy: 'The device wrote no audio into it: there is nothing that could be recovered.',
  },
  no_frames: {
    what: 'No sound in it could be decoded',
    remedy: 'Copy it from the device again and send it. The bytes are kept.',
  },
  not_audio: {
    what: 'What is in it is no audio',
    remedy: 'Check which file was sent, and send the right one. The bytes are kept.',
  },
  unsupported_format: {
    what: 'This audio format cannot be read here',
    remedy:
      'Convert it, for example to .ogg, and send that. Or whoever runs the server installs ffmpeg; then try it again below. The bytes are kept.',
  },
  part_too_large: {
    what: 'The file is larger than the server takes',
    remedy: 'Split it, or ask whoever runs the server to raise AFTERWORD_MAX_FILE_BYTES.',
  },
  conversation_deleted: {
    what: 'All its words were deleted with a conversation',
    remedy:
      'The audio is kept. To get the words back, send the file again and choose to take it all the same.',
  },
  poison: {
    what: 'Several workers crashed while they worked on it',
    remedy: 'Try it again below. If it fails again, the log of the server says why. The audio is kept.',
  },
  timeout: {
    what: 'The provider of transcriptions did not answer in time',
    remedy: 'Nothing to do while it is tried again by itself. The audio is kept.',
  },
  overdue: {
    what: 'It took longer than one attempt may',
    remedy: 'Nothing to do: what has words stays, and the next attempt goes on from there.',
  },
  rate_limited: {
    what: 'The provider takes no more calls for now',
    remedy: 'Nothing to do while it is tried again by itself. The audio is kept.',
  },
  upstream: {
    what: 'The provider answered with an error, or cannot be reached',
    remedy:
      'Nothing to do while it is tried again by itself. If it lasts, whoever runs the server looks at the page “Operation”. The audio is kept.',
  },
  configuration: {
    what: 'The provider is not set up correctly on the server',
    remedy:
      'Whoever runs the server corrects the setting and restarts it. Then try it again below. The audio is kept.',
  },
  invalid_input: {
    what: 'The provider refused this audio',
    remedy: 'Listen to it: the audio is kept. After another provider was set up, try it again below.',
  },
  defect: {
    what: 'A bug in Afterword stopped the work',
    remedy: 'Report it with the words below. After an update that mends it, try it again. The audio is kept.',
  },
  blob_missing: {
    what: 'The stored audio cannot be read',
    remedy: 'Send the file again: it is stored again, and the recording goes on.',
  },
  storage_full: {
    what: 'The storage for audio of the server is full',
    remedy: 'Nothing was stored: keep the file. Whoever runs the server has to make room.',
  },
  unavailable: {
    what: 'The server cannot reach its database or its storage right now',
    remedy: 'Keep what you have, and try again in a while.',
  },
  busy: {
    what: 'Too many uploads arrive at once',
    remedy: 'Keep the file: it can be sent in a few seconds.',
  },
  too_many_requests: {
    what: 'You have asked more often within a minute than one person may',
    remedy: 'Wait a minute and try again.',
  },
  too_much_under_way: {
    what: 'More is being sent by you at once than one person may',
    remedy: 'Send it when the other uploads are through.',
  },
  too_much_queued: {
    what: 'More audio of yours waits to be transcribed than one person may have waiting',
    remedy: 'Keep the file: it can be sent when some of it is done.',
  },
  space_used_up: {
    what: 'Your space for audio is used up',
    remedy:
      'Keep the file. Delete what you do not need, or keep audio for fewer days in the settings; then send it again.',
  },
  too_many_unfinished: {
    what: 'Too many files have begun to arrive and are not complete',
    remedy:
      'Choose files again that were not sent to their end, or wait: what nobody goes on with is removed after 7 days.',
  },
  language_calls_used_up: {
    what: 'The language model was asked for you as often today as it may be for one person',
    remedy: 'Nothing to do: title and summary are made later, and an extract is shown until then.',
  },
  user_deleted: {
    what: 'You have deleted everything of yours here',
    remedy: 'To begin again, send a recording and choose to send it all the same.',
  },
  changed_meanwhile: {
    what: 'It was changed elsewhere meanwhile',
    remedy: 'What you see is up to date now: look whether your change still fits, and make it again.',
  },
  not_changed: {
    what: 'The change could not be made right now',
    remedy: 'Nothing was changed: try again in a while.',
  },
  not_deleted: {
    what: 'It could not be deleted right now',
    remedy: 'Try again in a while: deleting twice does no harm.',
  },
  not_in_time: {
    what: 'The server took too long to answer',
    remedy: 'What was begun goes on. Try again in a while.',
  },
  not_found: { what: 'It is not there any more', remedy: 'It may have been deleted elsewhere.' },
  internal: {
    what: 'Something went wrong in the server',
    remedy: 'Try again. If it happens again, tell whoever runs the server when it was.',
  },
  scope_missing: {
    what: 'You may not do this',
    remedy: 'Whoever runs the server can give you the right, or a key that has it.',
  },
  foreign_page: {
    what: 'The server does not take this page for one of its own',
    remedy: 'Open it at the address of the server. Whoever runs it can add other names to AFTERWORD_HOSTS.',
  },
  last_folder: { what: 'It is the only folder', remedy: 'Make another one first.' },
  too_many_folders: {
    what: 'There are 50 folders, and no more fit',
    remedy: 'Remove one that is not used any more.',
  },
  too_many_keys: {
    what: 'There are 50 keys, and no more fit',
    remedy: 'Revoke one that is not used any more.',
  },
  too_many_webhooks: {
    what: 'There are 10 webhooks, and no more fit',
    remedy: 'Remove one that is not used any more.',
  },
  too_many_devices: {
    what: 'There are 20 devices, and no more fit',
    remedy: 'Remove one that is not used any more.',
  },
  too_many_people: {
    what: 'There are 1,000 people with a name, and no more fit',
    remedy: 'Choose one of them, or remove by the API who is not needed any more.',
  },
  too_many_action_items: {
    what: 'This conversation has 1,000 tasks, and no more fit',
    remedy: 'Delete some that are done.',
  },
  too_many_decisions: {
    what: 'You have changed conversations 50,000 times, and the server remembers no more',
    remedy: 'What you have changed stays. Delete conversations that you do not need any more.',
  },
  cannot_split: {
    what: 'The conversation cannot be split there',
    remedy: 'Choose a line after the first one.',
  },
  cannot_merge: {
    what: 'These conversations cannot be merged',
    remedy:
      'Only conversations that one phone or gateway has sent can be merged. Put others into a folder together.',
  },
  unknown_folder: {
    what: 'This folder is not there any more',
    remedy: 'It may have been removed elsewhere: choose another one.',
  },
  unknown_speaker: {
    what: 'This person or voice is not there any more',
    remedy: 'They may have been removed elsewhere, or united with another one: choose again.',
  },
  webhook_address: {
    what: 'Nothing is sent to this address',
    remedy:
      'Use an https address of the public internet. For one of your own network whoever runs the server sets AFTERWORD_WEBHOOK_NETWORKS.',
  },
  webhook_disabled: {
    what: 'The webhook is turned off',
    remedy: 'Turn it on first; a test can be sent before.',
  },
  push_address: {
    what: 'Nothing is sent to the push service of this browser',
    remedy:
      'If it is in your own network, whoever runs the server sets AFTERWORD_PUSH_NETWORKS. Or use another browser.',
  },
  last_identity: { what: 'It is the only account that lets you in', remedy: 'Link another one first.' },
  identity_taken: {
    what: 'This account belongs to a person who has things of their own here',
    remedy:
      'Sign in with it and look what is there. Whoever runs the server can join the two: “afterword users adopt”.',
  },
  not_admitted: {
    what: 'You may not use this server',
    remedy: 'Ask whoever runs it to let you in (AFTERWORD_SIGN_IN_PEOPLE), or sign in with another account.',
  },
  not_signed_in: { what: 'You are not signed in', remedy: 'Sign in.' },
  key_refused: {
    what: 'The server does not know this key, or it has ended',
    remedy: 'Sign in with another key.',
  },
  sign_in_failed: {
    what: 'The sign-in did not succeed',
    remedy: 'Try it once more: it has to be finished in the same browser, within ten minutes.',
  },
  sign_in_unavailable: {
    what: 'Who you are cannot be checked right now: the provider does not answer',
    remedy: 'Try again in a while. Whoever runs the server finds the reason in its log.',
  },
  session_ended: { what: 'Your session has ended', remedy: 'Sign in again.' },
  key_mistyped: {
    what: 'This is no key: a character is wrong or missing',
    remedy: 'Copy the key again, whole: it begins with afw_ and has 54 characters.',
  },
  body_broken: {
    what: 'The sending was interrupted',
    remedy: 'Send the file again: nothing of this request was stored.',
  },
  body_stalled: {
    what: 'Nothing reached the server for a minute',
    remedy: 'Look whether you are connected. Nothing of this request was stored.',
  },
  request_timeout: {
    what: 'The request did not reach the server in time',
    remedy: 'Look whether you are connected, and try again.',
  },
  resumable_taken: {
    what: 'This file is being sent already, as in another tab',
    remedy: 'Wait until it has arrived from there.',
  },
  audio_not_ready: {
    what: 'The sound is still being prepared',
    remedy: 'Try it again in a while: it is prepared once.',
  },
  audio_address: {
    what: 'The address of the sound has ended',
    remedy: 'Try it again: a new one is asked for.',
  },
  audio_gone: {
    what: 'The audio was deleted as you have set it; the words stay',
    remedy: 'To have the audio again, send the file again.',
  },
  time_not_the_reason: {
    what: 'Another time would not help here',
    remedy: 'Why the recording was refused is said beside it.',
  },
  time_of_file: {
    what: 'When it was recorded was reckoned from when its file was last written',
    remedy: 'If that is not right, change its time.',
  },
  date_in_name: {
    what: 'Its time was read from the date in its name',
    remedy: 'If that is not right, change its time.',
  },
  clock_shifted: {
    what: 'The clock of the recorder was ahead, so it was placed by when it came',
    remedy: 'If that is not right, change its time.',
  },
  time_not_taken: {
    what: 'It was here already with another time, which was kept',
    remedy: 'If the new one is right, change its time.',
  },
};
