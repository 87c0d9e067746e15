import pytest
import typer

from companion.cli.output import fail, say_json, say_table
from companion.errors import StaleResult


def test_a_refusal_is_one_message_and_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended:
        fail(StaleResult("toy is stale"))
    assert ended.value.exit_code == 4
    assert capsys.readouterr() == ("", "companion: toy is stale\n")


def test_a_table_shows_every_cell_whole(capsys: pytest.CaptureFixture[str]) -> None:
    say_table("Claims", ["claim", "number#"], [["sound [1]", "0.5"], ["[b]tight", "12"]])
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines == ["Claims", "claim      number", "sound [1]     0.5", "[b]tight       12"]


def test_json_keeps_letters_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"name": "Poincaré"})
    assert "Poincaré" in capsys.readouterr().out
