"""Every refusal of the companion: what happened, in words for the person, and the exit code for the script."""

from typing import ClassVar


class CompanionError(Exception):
    """Base of all refusals; its text is one message a student can act on."""

    exit_code: ClassVar[int] = 1


class RefusedInput(CompanionError):
    """Something the user gave is wrong: a chapter, a parameter, a claims file, a notebook."""

    exit_code = 2


class ExecutionFailed(CompanionError):
    """A notebook raised, its kernel died, or its time ran out."""

    exit_code = 3


class StaleResult(CompanionError):
    """An executed notebook does not belong to the present sources, or was edited by hand."""

    exit_code = 4


class Busy(CompanionError):
    """Another build of this project is running."""

    exit_code = 5


class ClaimMoved(CompanionError):
    """``verify --strict``: a claim that was held in the published record is violated now."""

    exit_code = 6


class BuildFailed(CompanionError):
    """A step of the pipeline other than a notebook failed: staging, rendering, the disk."""

    exit_code = 7


class BudgetExceeded(CompanionError):
    """``verify --strict``: a run took more than twice the CPU time that its chapter declares."""

    exit_code = 8
