const lines = [
  ['malt', 'lay in'],
  ['rat', 'ate'],
  ['cat', 'killed'],
  ['dog', 'worried'],
  ['cow with the crumpled horn', 'tossed'],
  ['maiden all forlorn', 'milked'],
  ['man all tattered and torn', 'kissed'],
  ['priest all shaven and shorn', 'married'],
  ['cock that crowed in the morn', 'waked'],
] as const;

/** "This Is the House That Jack Built", a nursery rhyme: what can be learned of it is learned in seconds. */
export const defaultText = lines
  .reduce(
    (verses, [who, what]) => {
      const before = verses.at(-1)!.slice('This is '.length);
      return [...verses, `This is the ${who}\nThat ${what} ${before}`];
    },
    ['This is the house that Jack built.\n'],
  )
  .join('\n');
