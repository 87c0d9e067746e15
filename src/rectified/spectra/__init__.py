"""Eigenvalue laws of random nonlinear layers: the quartic resolvent, Marchenko-Pastur, samples, ridge regression."""
