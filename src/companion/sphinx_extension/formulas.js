// Sets formulas with MathJax's own components, outside a browser. Each line read is a JSON list of [TeX, display]; each
// line written is {"set": [HTML or {"error": message}, ...], "sheet": the rules for the letters of these formulas}.

const readline = require("readline");

const [mathjax, configuration] = [process.argv[2], JSON.parse(process.argv[3])];

async function answer(MathJax, line) {
  const { adaptor, output } = MathJax.startup;
  output.clearCache();
  const formulas = [];
  for (const [source, display] of JSON.parse(line)) {
    try {
      const node = await MathJax.tex2chtmlPromise(source, { display });
      if (display) adaptor.setAttribute(node, "tabindex", "0"); // it may scroll; one in a line is read with it
      formulas.push(adaptor.outerHTML(node));
    } catch (error) {
      formulas.push({ error: error.message });
    }
  }
  return { set: formulas, sheet: adaptor.textContent(MathJax.chtmlStylesheet()) };
}

async function main() {
  const MathJax = await require(`${mathjax}/node-main.js`).init({
    ...configuration,
    loader: {
      paths: { mathjax },
      load: ["input/tex", "output/chtml", "adaptors/liteDOM", "a11y/assistive-mml"],
      versionWarnings: false,
    },
    startup: { typeset: false },
    tex: {
      ...configuration.tex,
      packages: { "[-]": ["noundefined"] }, // an unknown command is an error, no red word
      formatError: (_, error) => { throw error; },
    },
    chtml: { ...configuration.chtml, adaptiveCSS: true },
  });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(MathJax, line))}\n`);
  }
}

main().catch((error) => {
  process.stderr.write(`${error.stack ?? error}\n`);
  process.exit(1);
});
