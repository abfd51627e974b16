// Bundles every view into one ES module each; the results are committed, so users need no Node.
import { build } from "esbuild";
import { readFile, writeFile, mkdir } from "node:fs/promises";

const views = ["app", "graph_editor", "ab_player", "fit_view", "parameters", "graph", "player", "response", "convergence",
  "landscape", "explore"];
await mkdir("dist", { recursive: true });
await build({
  entryPoints: [
    ...views.map((view) => ({ in: `src/${view}.js`, out: view })),
    { in: "src/host/gradio.js", out: "gradio" }, // Jupyter's host is part of every panel: host/anywidget.js
  ],
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  jsx: "automatic",
  loader: { ".js": "jsx", ".css": "empty" },
  define: { "process.env.NODE_ENV": '"production"' },
  legalComments: "linked",
  outdir: "dist",
});

// One style sheet for all views; the fonts travel inside it, so that nothing is fetched.
const inline = async (file) => (await readFile(file)).toString("base64");
let css = "";
for (const file of ["src/style/tokens.css", "node_modules/@xyflow/react/dist/base.css", "src/style/lab.css",
  "src/style/editor.css", "src/style/app.css", "src/style/panels.css", "src/style/landscape.css"]) {
  css += (await readFile(file, "utf8")) + "\n";
}
for (const [url] of css.matchAll(/fonts\/[\w-]+\.woff2/g)) {
  css = css.replace(url, `data:font/woff2;base64,${await inline(`src/style/${url}`)}`);
}
await writeFile("dist/grafx_lab.css", css);
