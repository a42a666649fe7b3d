/**
 * Why a delivery to a webhook was not taken, and what its owner can do: by the codes of docs/webhooks.md, and by the status
 * that their server has answered.
 */
export const deliveriesWords = {
  failures: {
    status: {
      what: 'Your server answered that it did not take it',
      remedy: 'Look into its log: every answer from 200 to 299 counts as taken.',
    },
    redirect: {
      what: 'Your server led to another address, which is not followed',
      remedy: 'Add a webhook with the address to which it leads, and remove this one.',
    },
    timeout: {
      what: 'Your server did not answer within 15 seconds',
      remedy: 'Have it answer at once and do its work afterwards.',
    },
    connection: {
      what: 'Your server was not reached, or broke the connection',
      remedy: 'Check that it runs, that its port is open and that its certificate is valid.',
    },
    name_not_found: {
      what: 'There is no server with the name in the address',
      remedy: 'Check the address for a mistake. If it is right, its name server has to know it.',
    },
    address_refused: {
      what: 'The name leads into a private network, where nothing is sent to',
      remedy:
        'Use a public address, or ask whoever runs Afterword to allow it in AFTERWORD_WEBHOOK_NETWORKS.',
    },
    secret_unreadable: {
      what: 'The secret that signs it cannot be read any more',
      remedy:
        'Whoever runs Afterword has taken away the key that it was stored with. Remove the webhook and add it anew.',
    },
    event_gone: {
      what: 'What was to be told is no longer kept',
      remedy: 'Nothing to do: what happened since is sent.',
    },
    conversation_gone: {
      what: 'The conversation has been deleted meanwhile',
      remedy: 'Nothing to do.',
    },
    endpoint_disabled: {
      what: 'The webhook was turned off before it was sent',
      remedy: 'Resume the webhook, then send it again.',
    },
  },
  statuses: {
    unauthorized: {
      what: 'Your server does not let it in',
      remedy: 'Let requests with a valid signature pass without a sign-in of their own.',
    },
    missing: {
      what: 'Your server has nothing at this address',
      remedy: 'Check the path of the address, and that it takes POST.',
    },
    gone: {
      what: 'Your server says that it is gone for good, which turns the webhook off',
      remedy: 'If it is not, have it answer otherwise, and resume the webhook.',
    },
    large: {
      what: 'It is larger than your server takes',
      remedy: 'Raise the limit of the bodies that your server, or what stands before it, takes.',
    },
    often: {
      what: 'Your server is asked too often',
      remedy: 'Nothing to do: it is sent again later.',
    },
    broken: {
      what: 'Your server, or what stands before it, has failed',
      remedy: 'Look into its log. It is sent again by itself.',
    },
  },
  answered: (status: number) => `Answer ${status}`,
  disabled: {
    failing: 'took nothing for five days',
    gone: 'answered that it is gone',
    by_person: 'turned off by its owner',
  },
  unknown: 'no reason was told',
};
