export const welcomeWords = {
  title: 'Nothing here yet',
  explains:
    'Afterword turns recordings that a wearable made into conversations: what was said, when, and what there is to do. Drop files or a folder anywhere on this page, or let a device send them. The recordings stay on this server.',
};
