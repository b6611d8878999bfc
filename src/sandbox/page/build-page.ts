import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

interface PageAsset {
  /** Content type, with charset. */
  type: string;
  body: string | Uint8Array;
}

export interface Page {
  /** Refers to `/assets/<name>` for every entry of `assets`. */
  html: string;
  assets: Record<string, PageAsset>;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const TYPES: Record<string, string> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

// A flame in the bot's colors. Its avatar has the same shape.
const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36"><rect width="36" height="36" rx="8" fill="#4a154b"/><path fill="#ecb22e" d="M19 5c1 5 8 8 8 16a9 9 0 0 1-18 0c0-4 2-6 4-8 0 3 1 4 2 5 1-5 4-7 4-13z"/><path fill="#e01e5a" d="M18 19c1 2 4 4 4 7a4 4 0 0 1-8 0c0-3 3-4 4-7z"/></svg>`;

// The policy stops the page from loading anything from other sites, including images in messages.
const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'">
<title>Lead Alerts in a local Slack</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(FAVICON)}">
<link rel="stylesheet" href="/assets/page.css">
<script src="/assets/theme-boot.js"></script>
<script src="/assets/page.js" defer></script>
</head>
<body><div id="root"></div></body>
</html>
`;

/** Bundles the page in memory. Takes under a second, so the demo does it on every start. */
export async function buildPage(): Promise<Page> {
  const result = await build({
    entryPoints: {
      page: here('main.tsx'),
      'theme-boot': here('theme-boot.ts'),
    },
    outdir: here('out'),
    write: false,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    logLevel: 'silent',
  });
  const styles = await build({
    entryPoints: { page: here('styles/page.css') },
    outdir: here('out'),
    write: false,
    bundle: true,
    minify: true,
    logLevel: 'silent',
  });
  const assets: Record<string, PageAsset> = {};
  for (const file of [...result.outputFiles, ...styles.outputFiles]) {
    const name = file.path.slice(file.path.lastIndexOf('/') + 1);
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (type) assets[name] = { type, body: file.contents };
  }
  return { html: HTML, assets };
}
