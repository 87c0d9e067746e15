"""The first layer from queries alone."""

import numpy as np

from rectified.identification.accuracy import Accuracy, Query
from rectified.identification.hyperplanes import Hyperplanes
from rectified.identification.survey import survey_lines


def recover_first_layer(
    query: Query,
    d_in: int,
    rng: np.random.Generator,
    *,
    reach: float = 1.0,
    accuracy: Accuracy | None = None,
    most_lines: int = 1_000,
) -> Hyperplanes:
    """Normals and offsets of all first-layer neurons that random lines meet: weights and biases up to a signed scale.

    Args:
        query: The function under attack.
        d_in: Number of its inputs.
        rng: Source of lines and test points.
        reach: Scale of the inputs on which the network is interesting.
        accuracy: Of its answers; None stands for that of float64.
        most_lines: Where to stop in any case.

    Returns:
        One hyperplane for each neuron.

    Source:
        [rolnick2020reverse], the algorithm for the first layer.
    """
    survey = survey_lines(query, d_in, rng, reach=reach, accuracy=accuracy, most_lines=most_lines)
    return survey.refined_planes()
