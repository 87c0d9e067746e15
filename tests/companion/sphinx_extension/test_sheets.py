from companion.sphinx_extension.sheets import joined_sheets


def written(root, **sheets):
    for name, text in sheets.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".css").write_text(text, encoding="utf-8")
    return root


def test_sheets_stand_in_their_order_without_comments(tmp_path):
    root = written(tmp_path, a="/* one */ p { color: red; }\n\n", b="b { top: 0; }")
    assert joined_sheets(root, ["b.css", "a.css"], "book.css") == "b { top: 0; }\np { color: red; }"


def test_what_a_sheet_imports_stands_in_its_place(tmp_path):
    root = written(tmp_path, s__theme='@import "../basic.css";\nq { top: 1px; }', basic="p { top: 0; }")
    assert joined_sheets(root, ["s/theme.css"], "book.css") == "p { top: 0; }\nq { top: 1px; }"


def test_addresses_are_those_seen_from_the_new_place(tmp_path):
    text = 'a { b: url(../img/x.png); c: url("y.svg"); d: url(data:z); e: url(#f); g: url("data:,(h)"); }'
    joined = joined_sheets(written(tmp_path, s__t__x=text), ["s/t/x.css"], "s/book.css")
    assert joined == ('a { b: url("img/x.png"); c: url("t/y.svg"); d: url(data:z); e: url(#f); g: url("data:,(h)"); }')
