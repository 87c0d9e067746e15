#!/usr/bin/env bash
# sphinxext-opengraph 0.13.0 (Sphinx 8.2.3, Python 3.11): the card of a page whose first sentence has a formula shows TeX.
#
# Guess before: the description is the page's text as readers see it; a formula, which is no text, is left out or said
# in words. And without an address of the site no address is given.
#
# Seen: og:description and description hold the formula's source, and the space before it is lost ("At most\tfrac{a}{b}
# of the ..."); og:url is the bare name of the page, "index.html", which no program that reads cards can follow; nothing warns of it.
#
# What it means: a book with formulas chooses the sentences of its cards itself.
set -eo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -qq --disable-pip-version-check sphinx==8.2.3 sphinxext-opengraph==0.13.0
mkdir "$folder/book"
echo 'extensions = ["sphinxext.opengraph"]' > "$folder/book/conf.py"
printf 'Cells\n=====\n\nAt most :math:`\\tfrac{a}{b}` of the cells are met.\n' > "$folder/book/index.rst"
"$folder/venv/bin/python" -m sphinx -q -W "$folder/book" "$folder/html"
grep -o '<meta [^>]*description[^>]*>\|<meta property="og:url"[^>]*>' "$folder/html/index.html"
grep -qF 'property="og:description" content="At most\tfrac{a}{b} of the cells are met."' "$folder/html/index.html" ||
  { echo "The description has changed."; exit 1; }
grep -qF 'property="og:url" content="index.html"' "$folder/html/index.html" || { echo "The address has changed."; exit 1; }
echo "As described."
