"""The README shows the published record, and names commands and files that exist."""

import re
from pathlib import Path

from companion.record.published import read_published, with_chapters_table
from companion.scales import Scale

ROOT = Path(__file__).parents[1]
PUBLISHED = (Scale.QUICK, Scale.BOOK)
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_chapters_is_that_of_the_published_record():
    assert with_chapters_table(README, read_published(ROOT / "published")) == README


def test_every_chapter_is_published_at_quick_and_book_scale():
    slugs = {path.stem for path in (ROOT / "notebooks").glob("*.py")}
    published = read_published(ROOT / "published")
    assert {scale: {c.slug for c in published.at(scale)} for scale in PUBLISHED} == dict.fromkeys(PUBLISHED, slugs)


def test_the_targets_it_names_are_in_the_makefile():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)[`\s]", README)) <= targets


def test_the_files_it_links_exist():
    names = re.findall(r"\]\(([^)#:]+)\)", README)
    assert [name for name in names if not (ROOT / name).exists()] == []
