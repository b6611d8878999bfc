import { enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

/**
 * Preloaded by `npm start` and the image (`node --import`): the bot starts with a third of the work, and needs 20 MB
 * less. JavaScript, because to read one TypeScript file Node loads a compiler, which the cache makes unnecessary.
 */

// Keeps compiled modules, and the JavaScript of TypeScript ones, for the next start. Where the folder can't be written,
// nothing is kept. Not in the shared temporary folder: whoever can write there could have their code run.
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url)));

// Given to Node as an option, it would also set the young generation to 1 MB, whatever else the options say. Under 50
// gestures a second a quarter of the bot's time then goes into garbage collection.
setFlagsFromString('--optimize-for-size');

const DATE_FNS = new URL('../node_modules/date-fns/', import.meta.url).href;

// A hundred modules of Bolt's receivers for Express and for installing an app from a web page. The bot uses neither.
const UNUSED = new Set(['express', '@slack/oauth']);

// For each module of date-fns, Node would read its package.json of 199 kB several times, only to learn that it is an ES
// module. And zod's messages in 60 other languages take 2 MB.
registerHooks({
  resolve(specifier, context, next) {
    // Any module will do.
    if (UNUSED.has(specifier) && context.parentURL?.includes('/@slack/bolt/')) {
      return next('node:url', context);
    }
    if (specifier === '../locales/index.js' && context.parentURL?.includes('/zod/v4/')) {
      return next('../locales/en.js', context);
    }
    const name = /^date-fns\/(\w+)$/.exec(specifier)?.[1];
    const isInside = specifier.startsWith('.') && context.parentURL?.startsWith(DATE_FNS);
    const path = name === undefined ? isInside && specifier : `./${name}.js`;
    if (!path) return next(specifier, context);
    const base = isInside ? context.parentURL : DATE_FNS;
    return { url: new URL(path, base).href, format: 'module', shortCircuit: true };
  },
});
