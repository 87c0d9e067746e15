# ---
# jupyter:
#   jupytext:
#     text_representation: {extension: .py, format_name: percent}
#   kernelspec: {display_name: Python 3, language: python, name: python3}
# ---

# %% [markdown]
# # Spectra of random nonlinear layers, measured
#
# A layer $Y = f(WX)$ with random weights and random data has a covariance matrix $M = YY^\top/m$. The page before
# this one tells what the paper says about the eigenvalues of $M$. Here we measure it. We sample layers of growing
# width, follow the theory through its quartic equation, and let the judge compare. No network is trained, and no data
# are needed except in the last section.

# %% setup tags=["setup"]
import numpy as np
from scipy.optimize import brentq

import companion
from rectified.activations import gaussian
from rectified.data.loading import load_digits
from rectified.plotting import graphs, moving_graphs, scaling, scatters, style, sweeps
from rectified.reference import resolvents as slow
from rectified.spectra import marchenko_pastur, memorisation, resolvent, sampling

chapter = companion.chapter("random-matrix")
style.use()


def stream(seed, *key):
    """A generator of its own for every seed and key, whatever ran before."""
    return np.random.default_rng([seed, *key])


# %% [markdown]
# Three settings can be changed. The scale sets the widths and the number of repetitions: `quick` is for tests, `book`
# is what the pages show, and `paper` takes widths for a large machine. The seed moves every random matrix in
# the chapter. The depth is the number of layers in the section on deep networks. All random numbers come from NumPy
# generators, so the device is always the processor. Layers are sampled in single precision, their spectra computed in double.

# %% parameters tags=["parameters"]
scale: str = "book"  # quick, book or paper: widths and repetitions
seed: int = 0  # moves every random matrix below
device: str = "auto"  # nothing here needs more than the processor
depth: int = 10  # layers in the section on deep networks

# %% [markdown]
# ## What a Gaussian sees of an activation
#
# Feed an activation $f$ with a standard Gaussian $z$. Two numbers will matter: the second moment $\eta = E f(z)^2$,
# and $\zeta = (E\,z f(z))^2$, the part of it that is linear. To see why $\zeta$ is a part of $\eta$, expand $f$ in
# the Hermite polynomials, which are orthonormal for the Gaussian: $f = \sum_k c_k He_k/\sqrt{k!}$. Then $\eta =
# \sum_k c_k^2$ and $\zeta = c_1^2$. The mean is $c_0$; from now on it is subtracted.
#
# The smallest example is one that needs no computer. Take the ReLU, $f(x) = \max(x, 0)$. Its mean is $1/\sqrt{2\pi}$
# and its second moment is $\tfrac12$, half of that of $z$. Its linear coefficient is $E\,z f(z) = \tfrac12$. So after
# centring $\eta = \tfrac12 - \tfrac1{2\pi}$ and $\zeta = \tfrac14$: nearly three quarters of what the centred ReLU
# does is linear. The absolute value is the other extreme. It is even, so $E\,z|z| = 0$, and $\zeta = 0$. The cell
# below records both shares as the quadrature of the library gives them.

# %% smallest-example
relu = gaussian.gaussian_moments(lambda x: np.maximum(x, 0.0))
absolute = gaussian.gaussian_moments(np.abs)
chapter.record("relu-mean", relu.mean)
chapter.record("relu-linear-share", relu.zeta / relu.variance)
chapter.record("absolute-linear-share", absolute.zeta / absolute.variance)

# %% [markdown]
# The gallery shows four activations, standardised to mean 0 and second moment 1. On the left is the function. In the
# middle are the shares $c_k^2$: the hatched bar at degree 1 is $\zeta$, and all the others together are $\eta -
# \zeta$. On the right is the spectrum of one sampled layer under the limiting density, which knows nothing of $f$
# except the height of the hatched bar. As that bar grows, the spectrum leaves its compact shape, leans towards zero
# and sends a tail to the right.

# %% figure-gallery tags=["hide-input"] mystnb={"figure": {"name": "random-matrix-gallery", "caption": "Four activations (left), their Hermite shares (middle, degree 1 hatched) and the spectrum of one sampled layer (right, bars) under the limiting density (dashed). One layer with 400 inputs, 200 features and 1600 samples."}, "image": {"alt": "From the absolute value over ReLU and tanh to the identity, the share of Hermite degree one grows from 0 to 1. The spectrum changes from a compact bump into one that leans towards zero, with a long tail to the right. The dashed theory follows the bars in all four rows."}}
gallery = {"absolute": np.abs, "ReLU": lambda x: np.maximum(x, 0.0), "tanh": np.tanh, "identity": lambda x: 1.0 * x}
fig, axes = style.new_figure(4, 3, style.Size.WIDE)
x = np.linspace(-3, 3, 200)
for k, (name, raw) in enumerate(gallery.items()):
    f = gaussian.standardised_activation(raw)
    zeta = gaussian.gaussian_moments(f).zeta
    lambdas = np.linspace(0.01, 4.0, 400)
    axes[k, 0].plot(x, f(x), color=f"C{k}")
    axes[k, 0].set(xlabel="input $x$", ylabel=f"{name}, $f(x)$")
    graphs.plot_hermite_bars(gaussian.hermite_coefficients(f, 8), axes[k, 1])
    eigenvalues = sampling.sample_spectrum(f, 400, 0.25, 2.0, rng=stream(seed, 1, k))
    law = resolvent.spectral_density(lambdas, 1.0, zeta, 0.25, 2.0)
    scatters.plot_spectrum(eigenvalues, lambdas, law.density, axes[k, 2])

# %% [markdown]
# ## The law, and which root it is
#
# The theorem gives the trace of the resolvent, $G(z) = \lim \frac{1}{n_1} \operatorname{tr}(zI - M)^{-1}$, through a
# quartic. With $\phi = n_0/m$, $\psi = n_0/n_1$ and $t = 1/(z\psi)$,
#
# $$ P = 1 + (\eta - \zeta)\,t P_\phi P_\psi + \frac{P_\phi P_\psi t \zeta}{1 - P_\phi P_\psi t \zeta}, $$
# $$ P_\phi = 1 + (P-1)\phi, \quad P_\psi = 1 + (P-1)\psi, $$
#
# and $G(z) = P_\psi / z$. The density of eigenvalues is $-\operatorname{Im} G/\pi$ just above the real line.
#
# A quartic has four roots, and only one is $G$. The usual advice is to start far away, where $P \approx 1$, and to
# follow the root in small steps. That is slow, and a step too large lands on another root. There is a rule that needs
# no path. Both $P_\psi/z$ and $P_\phi/z$ are resolvents, of $YY^\top/m$ and of $Y^\top Y/m$, so their imaginary parts
# are negative above the real line. So is that of $P_\phi P_\psi/z$, by the argument on the page. Among the four roots
# exactly one passes the first and the last of these tests. The library solves all quartics at once, for the unknown
# $u = P_\phi P_\psi/(z\psi)$, first as eigenvalues of companion matrices, then in twice the working precision, and keeps that root.
#
# Is it the same root that the slow way finds? The cell draws random laws and random points above the real line. At
# every point it follows the root from far away and compares. It also solves the paper's quartic for $P$, and counts the
# roots in both half planes.

# %% half-planes
rng = stream(seed, 2)
fast, followed, counts = [], [], []
for _ in range(30):
    phi, psi, eta = (float(value) for value in np.exp(rng.uniform(-1, 1, 3)))
    zeta = eta * float(rng.uniform(0.02, 0.98))
    z = complex(rng.uniform(0, 4), rng.uniform(0.1, 2)) * eta
    fast.append(complex(resolvent.resolvent_trace(np.array([z]), eta, zeta, phi, psi)[0]))
    followed.append(slow.continued_resolvent(z, eta, zeta, phi, psi))
    p = np.polynomial.polynomial.polyroots(slow.paper_polynomial(1 / (z * psi), eta, zeta, phi, psi)) - 1
    below = [((1 + p * psi) / z).imag < 0, ((1 + p * phi) * (1 + p * psi) / z).imag < 0]
    counts.append(int(np.all(below, axis=0).sum()))
same = {k: [*np.real(v), *np.imag(v)] for k, v in {"computed": fast, "expected": followed}.items()}
one = {"computed": counts, "expected": [1] * len(counts)}
chapter.measure("half-planes-pick-the-root", {"same-root": same, "exactly-one": one})

# %% [markdown]
# Now move the three numbers that the law knows. With $\zeta = 0$ the curve is the Marchenko–Pastur density, the law
# of a matrix with independent entries. With $\zeta = 1$ it is the law of a product of two independent Gaussian
# matrices. Between them it morphs. The bars are one sampled layer for each position of the sliders, with the
# activation $\sqrt\zeta\,x + \sqrt{1-\zeta}\,(x^2-1)/\sqrt2$: a curved function, and yet the bars follow a curve that
# was computed from one number. The ratio $\phi$ says how many input dimensions there are for each sample, $\psi$ how
# many for each feature. The smaller $\psi$, the more features; below $\psi = \phi$ there are more features than
# samples, and a share $1 - \psi/\phi$ of the eigenvalues is exactly zero. These zeros are not drawn: the bars and the
# curve then have less than unit area.

# %% figure-law tags=["hide-input"]
zetas, ratios, edges = np.linspace(0, 1, 11).round(1), (0.25, 0.5, 1.0, 2.0), np.linspace(0, 6, 31)
lambdas = np.linspace(0.03, 6.0, 90)
n0 = companion.by_scale(scale, quick=100, book=200, paper=200)


def law_frame(zeta, phi, psi, rng):
    f = gaussian.polynomial_activation(zeta, 2)
    density = resolvent.spectral_density(lambdas, 1.0, zeta, phi, psi).density
    return moving_graphs.spectrum_frame(sampling.sample_spectrum(f, n0, phi, psi, rng=rng), edges, lambdas, density)


cube = [(float(zeta), phi, psi) for zeta in zetas for phi in ratios for psi in ratios]
frames = [law_frame(*point, stream(seed, 3, k)) for k, point in enumerate(cube)]
named = [
    ("zeta", "Linear share ζ", zetas, 5),
    ("phi", "Inputs per sample φ", ratios, 0),
    ("psi", "Inputs per feature ψ", ratios, 3),
]
chapter.interactive(
    moving_graphs.interactive_spectrum(frames[cube.index((0.5, 0.25, 2.0))], 1.5),
    name="random-matrix-law",
    alt="A histogram of eigenvalues under a dashed curve. The curve stays on the bars wherever the sliders stand.",
    caption=f"The limiting density (dashed) and one sampled layer with {n0} inputs (bars), for every share and shape.",
    controls=[companion.Control(name, label, list(values), start) for name, label, values, start in named],
    frames=frames,
)

# %% [markdown]
# ## Sampled layers against the theorem
#
# Three layers stand for many: the centred absolute value ($\zeta = 0$) with fewer features than samples, the shifted
# ReLU with more features than samples, so that a third of its eigenvalues is zero, and an unscaled tanh, whose $\eta$
# is not 1. Each is sampled at a small and at a four times larger width, many times. These spectra serve several
# claims below, so they are drawn once and kept. The two constants of each law come from quadrature, not from the
# samples.

# %% three-laws tags=["setup"]
layers = {
    "absolute": (gaussian.piecewise_linear_activation(1.0), 1.0, 1.5),
    "relu": (gaussian.piecewise_linear_activation(0.0), 1.5, 1.0),
    "tanh": (np.tanh, 2.0, 1.5),
}
laws = {name: (*gaussian.gaussian_moments(f)[1:], phi, psi) for name, (f, phi, psi) in layers.items()}
points = np.array([1 + 0.5j, 3 + 0.3j, 0.3 + 0.2j])


def trace_errors(spectra, law):
    expected = resolvent.resolvent_trace(points, *law)
    return np.array([np.abs(sampling.empirical_resolvent(s, points) / expected - 1) for s in spectra])


# %% [markdown]
# The function at the end of the cell takes sampled spectra and a law, and returns how far the sampled trace is from
# the predicted one, relative to it, for every spectrum and at three points of the upper half plane. Next, the
# samples.

# %% sampled-layers
small, large, repeats = companion.by_scale(scale, quick=(150, 600, 40), book=(300, 1200, 20), paper=(600, 2400, 20))
spectra = {
    (name, n0): [sampling.sample_spectrum(f, n0, phi, psi, rng=stream(seed, 4, n0, k)) for k in range(repeats)]
    for name, (f, phi, psi) in layers.items()
    for n0 in (small, large)
}

# %% [markdown]
# The resolvent is compared at three points above the spectrum. The nearer a point is to the real line, the finer the
# detail of the spectrum that the trace sees there, and the larger its fluctuations. For each layer, point and seed we
# take the relative error. The judge asks two things: is the mean error below 3 % at the larger width, and is it
# smaller there than at the smaller width? The second question matters more. A formula that is only nearly right would
# pass the first one, but its error would stop shrinking.

# %% resolvent-error
errors = {key: trace_errors(samples, laws[key[0]]) for key, samples in spectra.items()}
close = {f"{name} at {z}": errors[name, large][:, k] for name in layers for k, z in enumerate(points)}
closer = {
    name: {"numerator": errors[name, large].mean(1), "denominator": errors[name, small].mean(1)} for name in layers
}
chapter.measure("resolvent-formula", {"close": close, "closer": closer})
chapter.record("resolvent-worst-error", float(max(error.mean() for error in close.values())))

# %% [markdown]
# A second oracle knows no quartic and no activation. Replace each feature by its linear part plus independent noise
# of the right size,
#
# $$ Y_{\mathrm{lin}} = \sqrt{\zeta}\,WX + \sqrt{\eta - \zeta}\,Z . $$
#
# Later work proved that this matrix has the same limiting spectrum {cite:p}`peche2019note`. The dependence between
# the entries of $Y$, which made the problem hard, leaves no trace except through $\zeta$. If our quartic is right,
# samples of this Gaussian matrix must fit it too, by the same two rules as before: near, and nearer at four times the width.

# %% gaussian-equivalent
n0s, errors_lin = companion.by_scale(scale, quick=(150, 600), book=(225, 900), paper=(450, 1800)), {}
for name, (eta, zeta, phi, psi) in laws.items():
    moments = {"eta": eta, "zeta": zeta}
    for which, n0 in zip(("denominator", "numerator"), n0s, strict=True):
        sizes = n0, *sampling.layer_sizes(n0, phi, psi)
        draws = (slow.linear_plus_noise_features(*sizes, **moments, rng=stream(seed, 5, n0, k)) for k in range(20))
        errors_lin[name, which] = trace_errors([sampling.covariance_spectrum(y) for y in draws], laws[name])
close = {f"{name} at {z}": errors_lin[name, "numerator"][:, k] for name in laws for k, z in enumerate(points)}
closer = {name: {which: errors_lin[name, which].mean(1) for which in ("numerator", "denominator")} for name in laws}
chapter.measure("gaussian-equivalent", {"close": close, "closer": closer})

# %% [markdown]
# ## Two moments in closed form
#
# Expand $P = 1 + p_1 t + p_2 t^2 + \dots$ and compare powers of $t$. The first order gives $p_1 = \eta$. The second
# gives $p_2 = \eta^2(\phi + \psi) + \zeta^2$. The moments of the spectrum are $m_k = \psi^{1-k} p_k$, so
#
# $$ m_1 = \eta, \qquad m_2 = \eta^2\Big(1 + \frac{\phi}{\psi}\Big) + \frac{\zeta^2}{\psi} . $$
#
# One sees the two special laws in it. For $\zeta = 0$ it is $1 + c$ with $c = n_1/m$, the second moment of
# Marchenko–Pastur. For $\zeta = \eta = 1$ it is that of a product of two Gaussian matrices. The page asks you to do
# the expansion by hand. Here a program does it: it substitutes the power series into the equation until the orders
# settle, for forty random laws, and the result is compared with the closed form.
#
# The sampled layers have moments too. Their mean over the matrix is a sum over many weakly dependent entries, so it
# fluctuates little. But a finite layer has a bias: rows of $W$ and columns of $X$ are not all of one length. We ask
# for agreement within 2 %.

# %% moments
rng = stream(seed, 6)
etas, phis, psis = np.exp(rng.uniform(-1, 1, (3, 40)))
cases = [
    (float(e), float(e * s), float(p), float(q))
    for e, s, p, q in zip(etas, rng.uniform(size=40), phis, psis, strict=True)
]
series = np.array([slow.series_moments(2, *case) for case in cases])
closed = np.array([resolvent.spectral_moments(*case) for case in cases])
chapter.measure("moments-oracle", {"computed": closed.ravel(), "expected": series.ravel()})
moment_ratios = {
    f"{name}, moment {k}": [
        np.mean(s**k) / resolvent.spectral_moments(*laws[name])[k - 1] for s in spectra[name, large]
    ]
    for name in layers
    for k in (1, 2)
}
chapter.measure("sampled-moments", moment_ratios)

# %% [markdown]
# ## Two numbers suffice
#
# The most surprising part of the theorem is what is absent from it. Kinks, saturation and growth of $f$ do not
# appear, only $\eta$ and $\zeta$. To test this, take three activations that have nothing in common except these
# numbers: the shifted ReLU, a parabola plus a line, and a cubic Hermite polynomial plus a line. All have $\eta = 1$
# and the same $\zeta$. A control has the shape of the second, but $\zeta = 0.3$.
#
# For each pair with equal $\zeta$ we take the Kolmogorov distance between their spectra, the largest gap between the
# two distribution functions. It should shrink by more than a quarter at four times the width. And it should be smaller than the distance to the control,
# which will not shrink. The cubic is the hardest case: its values have heavy tails, and the limit is reached later.
# Each activation gets matrices of its own; nothing is shared.

# %% two-numbers
zeta = gaussian.zeta_of_alpha(0.0)
family = {"relu": gaussian.piecewise_linear_activation(0.0), "square": gaussian.polynomial_activation(zeta, 2)}
family |= {"cubic": gaussian.polynomial_activation(zeta, 3), "control": gaussian.polynomial_activation(0.3, 2)}
widths = companion.by_scale(scale, quick=(100, 400), book=(225, 900), paper=(450, 1800))
pairs, distance = [("relu", "square"), ("relu", "cubic"), ("square", "cubic")], {}
for n0 in widths:
    drawn = {
        name: [sampling.sample_spectrum(f, n0, 1.0, 1.5, rng=stream(seed, 7, n0, k, j)) for k in range(20)]
        for j, (name, f) in enumerate(family.items())
    }
    for a, b in [*pairs, ("relu", "control"), ("square", "control")]:
        distance[a, b, n0] = np.array(
            [sampling.kolmogorov_distance(s, t) for s, t in zip(drawn[a], drawn[b], strict=True)]
        )
closer = {f"{a}, {b}": 0.75 * distance[a, b, widths[0]] - distance[a, b, widths[1]] for a, b in pairs}
apart = {f"{a}, {b}": distance[a, "control", widths[1]] - distance[a, b, widths[1]] for a, b in pairs}
chapter.measure("two-numbers-suffice", {"closer": closer, "apart": apart})
chapter.record("pair-distance", float(np.median([distance[a, b, widths[1]] for a, b in pairs])))
chapter.record("control-distance", float(np.median(distance["relu", "control", widths[1]])))

# %% [markdown]
# ## Nothing linear: Marchenko–Pastur
#
# Set $\zeta = 0$. The quartic loses two degrees, and what is left is the quadratic equation of the Marchenko–Pastur
# law with ratio $c = n_1/m$: the features look as if all their entries were independent. Two checks follow. The first
# is exact: at a hundred points of the support, for two laws, the density from the quartic is compared with the closed
# form.

# %% zeta0-quartic
computed, expected = [], []
for eta, phi, psi in [(1.0, 1.0, 1.5), (0.4, 2.0, 1.2)]:
    lower, upper = marchenko_pastur.marchenko_pastur_support(phi / psi, eta)
    inside = lower + (upper - lower) * np.linspace(0.01, 0.99, 50)
    computed += list(resolvent.spectral_density(inside, eta, 0.0, phi, psi).density)
    expected += list(marchenko_pastur.marchenko_pastur_density(inside, phi / psi, eta))
chapter.measure("zeta0-quartic", {"computed": computed, "expected": expected})

# %% [markdown]
# The second is statistical. The sampled layers of the absolute value are compared with the Marchenko–Pastur
# distribution function at both widths. Do not read the distances as those of independent draws. Eigenvalues repel
# each other, so a spectrum of $n$ of them is spaced evenly, and the distance falls like $1/n$ rather than like
# $1/\sqrt n$.

# %% zeta0-sampled
eta, _, phi, psi = laws["absolute"]
ks = {
    n0: [
        sampling.kolmogorov_distance(s, lambda x: marchenko_pastur.marchenko_pastur_cdf(x, phi / psi, eta))
        for s in spectra["absolute", n0]
    ]
    for n0 in (small, large)
}
chapter.measure(
    "zeta0-marchenko-pastur", {"close": ks[large], "closer": {"numerator": ks[large], "denominator": ks[small]}}
)
chapter.record("zeta0-distance", float(np.mean(ks[large])))

# %% [markdown]
# ## Memorising random labels
#
# Use the features for ridge regression with labels that are pure noise. There is nothing to learn, so the training
# error measures memory alone. With $Q = (Y^\top Y/m + \gamma)^{-1}$ the residual of the labels $L$ is $\gamma L Q$,
# and averaged over labels the error is $\frac{\gamma^2}{m} \operatorname{tr} Q^2$: a derivative of the resolvent. The
# theorem turns it into
#
# $$ E(\gamma) = 1 - \frac{\phi}{\psi} - \gamma^2\, \frac{\phi}{\psi}\, G'(-\gamma) . $$
#
# For the experiment we take half as many input dimensions as samples, $\phi = \tfrac12$. With $\psi = \tfrac12$ there
# are as many features as samples; with $\psi = \tfrac34$ two thirds as many. The activations are the two-slope family
# $f_\alpha$: $\max(x, 0) + \alpha \max(-x, 0)$, shifted to mean 0 and scaled to $\eta = 1$. It runs from the centred absolute value ($\alpha = 1$, $\zeta = 0$) over the shifted ReLU ($\alpha = 0$) to the
# identity ($\alpha = -1$, $\zeta = 1$). For each we draw layers and labels and measure the error relative to the
# formula.

# %% ridge tags=["setup"]
order = (1.0, 0.25, 0.0, -0.25, -1.0)  # the slopes alpha, by increasing zeta
gammas = np.array(companion.by_scale(scale, quick=(0.1, 1.0), book=(0.01, 0.1, 1.0), paper=(0.01, 0.1, 1.0)))


def training_errors(f, n0, psi, rng):
    features = sampling.sample_features(f, n0, 0.5, psi, rng=rng)
    labels = rng.standard_normal((50, features.shape[1]))
    return memorisation.sampled_ridge_training_error(features, labels, gammas)


# %% [markdown]
# Fifty label vectors for each layer average out most of the chance in the labels; what is left comes from the layer.
# It is largest at $\gamma = 0.01$, where the smallest eigenvalues decide: `quick` scale has too few layers to judge
# there, and leaves this $\gamma$ out.

# %% memorisation
alphas = companion.by_scale(scale, quick=order[::2], book=order, paper=order)
n0, repeats = companion.by_scale(scale, quick=(200, 12), book=(400, 40), paper=(1000, 40))
measured, ratios_by_case = {}, {}
for alpha in alphas:
    f, zeta = gaussian.piecewise_linear_activation(alpha), gaussian.zeta_of_alpha(alpha)
    for psi in (0.5, 0.75):
        measured[alpha, psi] = np.array([training_errors(f, n0, psi, stream(seed, 8, k)) for k in range(repeats)])
        ratio = measured[alpha, psi] / memorisation.ridge_training_error(gammas, 1.0, zeta, 0.5, psi)
        ratios_by_case |= {f"alpha {alpha}, psi {psi}, gamma {g}": ratio[:, k] for k, g in enumerate(gammas)}
chapter.measure("memorisation-formula", ratios_by_case)
chapter.record("memorisation-worst-error", float(max(abs(np.mean(ratio) - 1) for ratio in ratios_by_case.values())))

# %% [markdown]
# ## Less linear, more memory
#
# In the formula the error depends on $f$ through $\zeta$ alone once $\eta$ is fixed. The paper observes that it falls
# with $\zeta$: the less linear an activation is, the better it memorises. There is a reason. The linear part of the
# features lives in the $n_0$ dimensions of the input, while the rest fills all $n_1$ directions like noise. First the
# formula itself, on a fine grid of $\zeta$ for several shapes and ridge parameters. A sample is the relative increase
# of the error from one $\zeta$ to the next, and not one may be zero or negative.

# %% monotone-in-zeta
grid, wide_gammas = np.linspace(0, 1, 51), np.logspace(-2, 1, 7)
increases = []
for phi, psi in [(0.5, 0.5), (0.5, 0.75), (1.0, 1.5), (2.0, 1.0)]:
    curve = np.array([memorisation.ridge_training_error(wide_gammas, 1.0, float(z), phi, psi) for z in grid])
    increases.append(np.diff(curve, axis=0) / curve[:-1])
chapter.measure("memorisation-monotone", np.concatenate(increases).ravel())

# %% [markdown]
# Then in samples. For each of twenty seeds all five activations get the same data, weights and labels, so that only
# $f$ differs. Order the five errors by $\zeta$, take the relative gaps between neighbours, and keep the smallest. If
# it is positive, the order is the predicted one.

# %% order-of-errors
n0 = companion.by_scale(scale, quick=120, book=300, paper=600)
by_alpha = np.array(
    [
        [training_errors(gaussian.piecewise_linear_activation(a), n0, 0.5, stream(seed, 9, k)) for k in range(20)]
        for a in order
    ]
)
smallest = np.min(by_alpha[1:] / by_alpha[:-1] - 1, axis=0)
chapter.measure("smaller-zeta-memorises-more", {f"gamma {g}": smallest[:, k] for k, g in enumerate(gammas)})

# %% [markdown]
# The figure draws the formula over a range of ridge parameters, with the measured medians on top. On the left, as
# $\gamma \to 0$, every dashed curve falls to zero except the linear one. A linear layer maps the data into $n_0$ dimensions
# and cannot fit more, whatever its width: half of the label noise stays. On the right there are fewer features than
# samples, and even a perfect activation leaves a third.

# %% figure-memorisation tags=["hide-input"] mystnb={"figure": {"name": "random-matrix-memorisation", "caption": "Training error against ridge parameter for the two-slope activations. Dashed: the formula. Markers: medians over the seeds. Left, as many features as samples; right, two thirds as many."}, "image": {"alt": "In both panels the markers lie on the dashed curves. The curves are ordered by the linear share: the absolute value lowest, the identity highest. On the left only the identity stays near one half as gamma goes to zero; on the right all stay above one third."}}
fig, axes = style.new_figure(1, 2, style.Size.WIDE, sharey=True)
fine = np.logspace(-3, 1, 60)
for ax, psi in zip(axes, (0.5, 0.75), strict=True):
    for k, alpha in enumerate(alphas):
        zeta = gaussian.zeta_of_alpha(alpha)
        theory = memorisation.ridge_training_error(fine, 1.0, zeta, 0.5, psi)
        dots = np.median(measured[alpha, psi], axis=0)
        sweeps.plot_training_error(fine, theory, gammas, dots, ax, order=k, label=rf"$\zeta$ = {zeta:.2f}")
axes[0].legend()

# %% [markdown]
# ## Ten layers deep
#
# Now feed the features into the next layer, $Y^\ell = f(W^\ell Y^{\ell-1})$, with fresh weights of variance one over
# the incoming width. Nothing is normalised in between. If $\zeta = 0$ the first layer returns features that look
# white, like the data did. The paper conjectures that then every later layer does the same: the limiting spectrum
# stays the Marchenko–Pastur law of the first layer. If $\zeta > 0$ each layer adds some of the product law, and the
# spectrum spreads.
#
# We propagate data through the network for several slopes, at growing widths, and take the distance between the spectra
# behind the last and behind the first layer. To compare with the Marchenko–Pastur law would not do: if $\zeta > 0$ the first
# layer has another law, and differs from it without any depth. Small networks scatter more. So each of the twenty samples is
# the mean over as many networks as have one large network's number of features together: eight of them at an eighth of the width.

# %% depth
n0s = companion.by_scale(scale, quick=(75, 600), book=(150, 300, 600, 1200), paper=(300, 600, 1200, 2400))
slopes = companion.by_scale(scale, quick=(1.0, -0.25), book=order, paper=order)
saturated = companion.by_scale(scale, quick=(-0.25,), book=(0.0, -0.25, -1.0), paper=(0.0, -0.25, -1.0))


def deep_distance(f, n0, rng):
    networks = [sampling.spectra_by_depth(f, n0, 1.0, 1.5, depth=depth, rng=rng) for _ in range(n0s[-1] // n0)]
    return np.mean([sampling.kolmogorov_distance(first, last) for first, last in networks])


deep = {}
for alpha in slopes:
    f = gaussian.piecewise_linear_activation(alpha)
    repeats = 20 if alpha == 1.0 or alpha in saturated else 5  # which is shown, not judged
    deep[alpha] = np.array([[deep_distance(f, n0, stream(seed, 10, n0, k)) for k in range(repeats)] for n0 in n0s])
lost = {f"alpha {alpha}": deep[alpha][-1] - 0.5 * deep[alpha][0] for alpha in saturated}
chapter.measure("isospectral-depth", {"preserved": 0.5 * deep[1.0][0] - deep[1.0][-1], "lost": lost})

# %% [markdown]
# The figure puts all slopes side by side. The curve with $\zeta = 0$ keeps falling; the curves for $\alpha \le 0$ level
# off, so there depth leaves a trace that width does not remove. The slope $\alpha = \tfrac14$ lies in between and still
# moves at these widths, which is why no claim is judged on it. (The quick scale draws two of the five curves.)

# %% figure-depth tags=["hide-input"] mystnb={"figure": {"name": "random-matrix-depth", "caption": "Kolmogorov distance between the spectra behind the last and the first layer of one network, against width. Lines: medians over 20 samples, each the mean over as many networks as make up the largest width; bands: quartiles."}, "image": {"alt": "Distance against width on logarithmic axes, one curve for each activation. The curve of the absolute value, with no linear share, falls steadily to the right. The other curves fall little or stay flat. At the right end they lie higher the larger the linear share is."}}
fig, ax = style.new_figure()
for k, alpha in enumerate(slopes):
    label = rf"$\alpha = {alpha:g}$, $\zeta = {gaussian.zeta_of_alpha(alpha):.2f}$"
    scaling.plot_distance_by_width(n0s, deep[alpha], ax, order=k, label=label)
ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2)
chapter.record("deep-distance-absolute", float(np.median(deep[1.0][-1])))
chapter.record("deep-distance-other", float(np.median(deep[-0.25][-1])))
chapter.record("deep-width", n0s[-1])

# %% [markdown]
# ## Where the law stops
#
# The theorem assumes $E f = 0$. What if it is not so? A mean $\mu$ adds the constant matrix $\mu \mathbf 1 \mathbf
# 1^\top$ to $Y$, which has rank one. A matrix of rank one can move the distribution function of the spectrum by one
# step $1/n_1$ and no more. But it can throw out one eigenvalue, to about $n_1\mu^2$. We take the ReLU without
# centring, divided by its standard deviation, and compare it with the centred one on the same weights and data.

# %% uncentred
n0 = companion.by_scale(scale, quick=300, book=900, paper=2400)
n1, _ = sampling.layer_sizes(n0, 1.0, 1.5)
moments = gaussian.gaussian_moments(lambda x: np.maximum(x, 0.0))
outliers, steps = [], []
for k in range(20):
    centred = sampling.sample_features(gaussian.piecewise_linear_activation(0.0), n0, 1.0, 1.5, rng=stream(seed, 11, k))
    shifted = sampling.covariance_spectrum(centred + moments.mean / np.sqrt(moments.variance))
    outliers.append(shifted[-1] / (n1 * moments.mean**2 / moments.variance))
    steps.append(n1 * sampling.kolmogorov_distance(shifted, sampling.covariance_spectrum(centred)))
chapter.measure("uncentred-outlier", {"place": outliers, "bulk": steps})
chapter.record("outlier-ratio", float(np.mean(outliers)))

# %% [markdown]
# The theorem also assumes that the entries of $X$ are independent. Images are not like that. Take the small digits,
# drop the three pixels that never change, and standardise each of the others to mean 0 and variance 1. Entry by entry
# they now resemble the model. Neighbouring pixels still move together, and the spectrum of the features shows it. We
# compare with Gaussian data of the same shape, with as many features as pixels, for two activations. How far apart would two
# draws of Gaussian data be? That distance is measured too, and taken off.

# %% digits tags=["needs:digits"]
images = load_digits()
pixels = np.concatenate([images.train_inputs, images.test_inputs]).reshape(-1, 64).T.astype(float)
pixels = pixels[pixels.std(axis=1) > 0]
pixels = (pixels - pixels.mean(axis=1, keepdims=True)) / pixels.std(axis=1, keepdims=True)


def gap_to_gaussian(f, rng):
    inputs = pixels, rng.standard_normal(pixels.shape), rng.standard_normal(pixels.shape)
    layers = (sampling.random_layer(f, x, len(pixels), rng) for x in inputs)
    images, noise, second = map(sampling.covariance_spectrum, layers)
    return [sampling.kolmogorov_distance(noise, other) for other in (images, second)]


kinds = {"absolute": gaussian.piecewise_linear_activation(1.0), "relu": gaussian.piecewise_linear_activation(0.0)}
gaps = {name: np.array([gap_to_gaussian(f, stream(seed, 12, k)) for k in range(20)]) for name, f in kinds.items()}
chapter.measure("limits", {name: gap[:, 0] - gap[:, 1] for name, gap in gaps.items()})
for record, column in (("digits-distance", 0), ("gaussian-distance", 1)):
    chapter.record(record, float(np.median(gaps["relu"][:, column])))

# %% [markdown]
# ## Exercises
#
# Try each one before you unfold its solution. In your own copy of this notebook, write between the marks `BEGIN SOLUTION` and
# `END SOLUTION` what you would do in place of ours. The lines before the marks are what you start from, and those after
# them test what you found.
#
# :::{exercise}
# :label: random-matrix-ex-design
#
# Design an activation $a x + b\,He_3(x)$, where $He_3(x) = x^3 - 3x$, with $\eta = 1$ and the same $\zeta$ as the two-slope activation
# with $\alpha = \tfrac14$. Check $\zeta$ by quadrature. Then sample a layer of each and compute the Kolmogorov distance between the
# two spectra, `first` and `second`. Is it of the size that two samples of one law have?
# :::

# %% solution-design tags=["solution"]
target = gaussian.zeta_of_alpha(0.25)
### BEGIN SOLUTION
a, b = np.sqrt(target), np.sqrt((1 - target) / 6)
pair = [lambda x: a * x + b * (x**3 - 3 * x), gaussian.piecewise_linear_activation(0.25)]
first, second = (sampling.sample_spectrum(f, 600, 1.0, 1.5, rng=stream(seed, 13, k)) for k, f in enumerate(pair))
### END SOLUTION
designed = gaussian.gaussian_moments(lambda x: a * x + b * (x**3 - 3 * x))
assert abs(designed.zeta - target) < 1e-9
assert abs(designed.variance - 1.0) < 1e-9
chapter.record("designed-zeta-error", abs(designed.zeta - target))
chapter.record("designed-distance", sampling.kolmogorov_distance(first, second))

# %% [markdown] tags=["solution"]
# The orthonormal coefficients are $c_1 = a$ and $c_3 = \sqrt 6\, b$, so $a = \sqrt\zeta$ and $b =
# \sqrt{(1-\zeta)/6}$. Quadrature misses the wanted $\zeta$ by {glue:text}`designed-zeta-error:.1e`, and the two spectra
# are {glue:text}`designed-distance:.3f` apart. Part of this is the finite width: the cubic has heavy tails, and reaches
# its limit later than the two-slope activation. Double the width and see.

# %% [markdown]
# :::{exercise}
# :label: random-matrix-ex-price
#
# Non-linearity saves features. At $\phi = \tfrac12$ and $\gamma = 0.1$, the shifted ReLU with as many features as
# samples ($\psi = \tfrac12$) reaches some training error, the `goal`. How many features for each sample does the centred
# absolute value need to reach the same error? Use the formula only, and a root finder for the ratio `psi`.
# :::

# %% solution-price tags=["solution"]
gamma, phi = np.array(0.1), 0.5
goal = float(memorisation.ridge_training_error(gamma, 1.0, gaussian.zeta_of_alpha(0.0), phi, 0.5))
### BEGIN SOLUTION
psi = brentq(lambda psi: float(memorisation.ridge_training_error(gamma, 1.0, 0.0, phi, psi)) - goal, 0.3, 2.0)
### END SOLUTION
assert abs(float(memorisation.ridge_training_error(gamma, 1.0, 0.0, phi, psi)) - goal) < 1e-9
chapter.record("features-per-sample", phi / psi)

# %% [markdown] tags=["solution"]
# The number of features for each sample is $\phi/\psi$. Because the error falls with the number of features and rises
# with $\zeta$, the absolute value gets by with fewer: {glue:text}`features-per-sample:.3f` of them for each sample. The
# saving is the price of the ReLU's linear share.
