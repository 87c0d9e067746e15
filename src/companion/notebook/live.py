"""What a person in Jupyter sees, or one who runs the notebook as a script: provisional badges, figures, sentences."""

from pathlib import Path

from IPython import get_ipython
from IPython.display import display

from companion.claims.declared import ChapterClaims, read_claims
from companion.claims.samples import Measurement
from companion.errors import RefusedInput
from companion.notebook.provisional import provisional_badge
from companion.notebook.surfaces import Declaration, Drawn, publish, stored
from companion.project import Project


class Live:
    """The judge is asked at once; measuring again replaces the badge."""

    def declaration(self, slug: str) -> ChapterClaims | None:
        """The declared claims, or None, said once, where the notebook was opened alone.

        Raises:
            RefusedInput: If the claims file does not validate.
        """
        path = _claims_path(slug)
        if path is not None:
            return read_claims(path)
        _say(f"There is no {slug}.claims.yml here: measurements are shown, but no claim can be judged.")
        return None

    def check_repeated(self, claim_id: str) -> None:
        """A cell may be run again."""

    def measured(self, slug: str, claims: Declaration | None, measurement: Measurement, repeated: bool) -> None:
        """Show the judge's answer; the former badge, in whatever cell it stands, shows the new one too."""
        declared = claims if isinstance(claims, ChapterClaims) else None
        badge = provisional_badge(slug, declared, measurement.id, measurement.samples)
        if get_ipython() is None:
            _say(badge.words)
            return
        bundle = {**stored(measurement.id, measurement.samples), "text/html": badge.markup, "text/plain": badge.words}
        display_id = f"companion-{slug}-{measurement.id}"
        if repeated:
            publish(bundle, display_id=display_id, update=True)
        publish(bundle, display_id=display_id)

    def recorded(self, key: str, value: float | int | str) -> None:
        """Show it."""
        _say(f"{key} = {value}")

    def drew(self, figure: Drawn) -> None:
        """Show it, where there is something that can."""
        if get_ipython() is None:
            _say(f"{figure.name}: {figure.alt}")
        else:
            publish(figure.live())


class _Text:
    """A sentence that a display shows as it is."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _say(text: str) -> None:
    display(_Text(text))  # type: ignore[no-untyped-call]


def _claims_path(slug: str) -> Path | None:
    """The claims file of the book around the working folder, or one that lies beside the notebook."""
    beside = Path.cwd() / f"{slug}.claims.yml"
    if beside.is_file():
        return beside
    try:
        path = Project.find().claims(slug)
    except RefusedInput:  # opened alone, in Colab for example
        return None
    return path if path.is_file() else None
