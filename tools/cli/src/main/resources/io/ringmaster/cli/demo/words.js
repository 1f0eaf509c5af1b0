// Counts the words of a text, as an ordinary function of nodejs22.x.
exports.handler = async (event) => {
  const counts = {};
  for (const word of event.text.toLowerCase().match(/[a-z]+/g) ?? []) {
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return { number: event.number, words: Object.values(counts).reduce((sum, n) => sum + n, 0), different: Object.keys(counts).length };
};
