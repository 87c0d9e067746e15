#!/usr/bin/env bash
# SciPy 1.17.1 (NumPy 2.4.6, Python 3.11 on Linux x86-64): scipy.optimize.nnls returns a point that is no minimum, and
# says nothing.
#
# Guess before: non-negative least squares is a convex problem; nnls returns its minimum to rounding, or raises
# ("Maximum number of iterations reached").
#
# Seen: three columns of length one in a plane, two of them opposite but for 2.6e-3, so that the problem is harmless (the
# minimum has coefficients 0, 393.6, 393.2). nnls returns coefficients of 1e15 without error or warning, and a residual of
# 1.91 to 1.94, as their sum is rounded; lsq_linear(method="bvls") finds 1.89687. With the five rows of zeros left out nnls is right.
#
# What it means: an answer of nnls is checked by its slopes (Karush, Kuhn and Tucker) before it is called a minimum.
set -eo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install -qq --disable-pip-version-check scipy==1.17.1 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import numpy as np
import scipy
from scipy.optimize import lsq_linear, nnls

plane = [
    ["0x0.0p+0", "-0x1.32c409d8e6fdcp-1", "0x1.31ad89a49f7b6p-1"],
    ["-0x1.0p+0", "-0x1.99ece1107a601p-1", "0x1.9abcb7f729ea2p-1"],
]
TARGET = [
    *("0x1.a9a731d0677ccp-2", "0x1.a0f4f1b3374f7p-1", "0x1.20637db7d3214p+0", "-0x1.0db21ee21d4cep+0"),
    *("-0x1.c483b00b4fc6fp-1", "-0x1.b001d9d29b48ep-1", "0x1.542140427f970p-2"),
]
columns = np.zeros((7, 3))
columns[[3, 6]] = [[float.fromhex(text) for text in row] for row in plane]
wanted = np.array([float.fromhex(text) for text in TARGET])
found, said = nnls(columns, wanted)
best = lsq_linear(columns, wanted, bounds=(0, np.inf), method="bvls", tol=1e-14, max_iter=1000).x
residuals = [float(np.linalg.norm(columns @ x - wanted)) for x in (found, best)]
short = nnls(columns[[3, 6]], wanted[[3, 6]])[0]
print(f"SciPy {scipy.__version__}: nnls {residuals[0]:.5f} with {found}, bvls {residuals[1]:.5f} with {best}")
print(f"the same without the rows of zeros: {short}")
assert residuals[0] > residuals[1] + 0.01 and found.max() > 1e14, "nnls finds the minimum now"
assert np.allclose(short, best, rtol=1e-6), "without the rows of zeros it is wrong too now"
PYTHON
echo "As described."
