"""Many ReLU networks of one shape in one tensor per layer: how they start, how they are evaluated and trained."""

from rectified._contents import lookup

# public name -> module that defines it
_CONTENTS: dict[str, str] = {
    # the stack, there and back
    "Stack": "rectified.stacks.networks",
    "stack_forward": "rectified.stacks.networks",
    "stacked_networks": "rectified.stacks.networks",
    "unstacked_networks": "rectified.stacks.networks",
    # how stacks start
    "Start": "rectified.stacks.starts",
    "make_stack": "rectified.stacks.starts",
    "uniform_stack": "rectified.stacks.starts",
    # training side by side, and what it has reached
    "class_losses": "rectified.stacks.training",
    "sign_losses": "rectified.stacks.training",
    "stack_accuracy": "rectified.stacks.training",
    "train_together": "rectified.stacks.training",
    "training_course": "rectified.stacks.training",
}

__all__ = sorted(_CONTENTS)
__getattr__, __dir__ = lookup(__name__, _CONTENTS)
