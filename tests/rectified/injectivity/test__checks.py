import pytest
import torch

from rectified.injectivity._checks import check_layer


def test_rows_and_columns_are_returned():
    assert check_layer(torch.ones(3, 2).double(), torch.ones(3).double()) == (3, 2)


@pytest.mark.parametrize(
    ("weight", "bias", "message"),
    [
        (torch.ones(3, 2), None, "weight has dtype torch.float32; expected torch.float64"),
        (torch.ones(3).double(), None, r"weight has shape \(3,\)"),
        (torch.ones(0, 2).double(), None, r"weight has shape \(0, 2\)"),
        (torch.full((2, 2), torch.inf).double(), None, "weight holds a number that is not finite"),
        (torch.ones(3, 2).double(), torch.ones(2).double(), r"bias has shape \(2,\); expected \(3,\)"),
        (torch.ones(3, 2).double(), torch.ones(3), "bias has dtype torch.float32"),
        (torch.ones(3, 2).double(), torch.full((3,), torch.nan).double(), "bias holds a number"),
    ],
)
def test_other_forms_are_refused(weight, bias, message):
    with pytest.raises(ValueError, match=message):
        check_layer(weight, bias)
