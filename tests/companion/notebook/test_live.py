import subprocess
import sys

SCRIPT = """
import companion
chapter = companion.chapter("nowhere")
chapter.measure("any", [1.0, 2.0])
chapter.record("a-number", 3)
"""


def test_a_notebook_that_is_run_as_a_script_says_its_numbers_in_sentences(tmp_path):
    said = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert said[0] == "There is no nowhere.claims.yml here: measurements are shown, but no claim can be judged."
    assert said[1].startswith("any: not judged (provisional, not stored as a verdict). 2 numbers measured")
    assert said[2] == "a-number = 3"
