/**
 * Preloaded into the bot by the memory bench (`node --expose-gc --import`): on SIGUSR2 it collects all garbage and
 * prints what is left.
 */
const collect = (): void => {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  console.log(JSON.stringify({ bench: 'memory', rss, heapUsed, external }));
};

process.on('SIGUSR2', () => {
  // What the first collection lets go of may free more.
  globalThis.gc?.();
  setTimeout(collect, 500).unref();
});
