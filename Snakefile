"""The pipeline of the book: execute -> judge -> scorecard -> stage -> render -> print.

`companion build` calls this file, after writing one small digest per chapter, build/<scale>/<slug>.inputs.json, of all that
decides its result (notebook, imported modules, parameters, lock file, data), only when it differs. So a changed module executes again exactly the chapters that import it, changed prose only renders, a changed claims file only judges.
Snakemake looks at times and contents of those files and at nothing else (--rerun-triggers mtime input).
On a cluster: companion build --scale paper -- --executor slurm --jobs 30

Outputs are marked update(): every step writes its file whole or not at all, so the former one stays until the new one
is there, and survives a step that fails. A chapter that fails is a result too: <slug>.ran.json says so, its claims are
not judged, and the book is made. Its page says why, the build ends with an error, and the next build tries again.
"""
import math
import shlex
import sys
from pathlib import Path

from companion.project import Project
from companion.record.salvaging import readable_claims
from companion.scales import Scale

SCALE = Scale(config.get("scale", "book"))
PROJECT = Project.find(Path(workflow.basedir))
BUDGETS = {slug: readable_claims(PROJECT.claims(slug)).budget[SCALE] for slug in PROJECT.slugs}
MOST_MEMORY = int(config.get("memory", 10**9))
BUILD = f"build/{SCALE}"
STEP = f"exec {shlex.quote(sys.executable)} -m companion step"


def megabytes(wildcards):
    return min(BUDGETS[wildcards.slug].megabytes, MOST_MEMORY)


def minutes(wildcards):
    return math.ceil(3 * BUDGETS[wildcards.slug].cpu_seconds / 60)  # a slower machine than the budget's


wildcard_constraints:
    slug="|".join(PROJECT.slugs),


localrules:
    book,
    judge,
    scorecard,
    stage,
    render,
    print_chapters,


rule book:
    input:
        BUILD + "/printed.json",


rule execute:
    input:
        BUILD + "/{slug}.inputs.json",
    output:
        update(BUILD + "/{slug}.ran.json"),
    log:
        BUILD + "/logs/{slug}.log",
    benchmark:
        BUILD + "/benchmarks/{slug}.tsv"
    threads: 1
    resources:
        mem_mb=megabytes,
        runtime=minutes,
    shell:
        "{STEP} execute {wildcards.slug} --scale {SCALE} > {log} 2>&1"


rule judge:
    input:
        ran=BUILD + "/{slug}.ran.json",
        claims=BUILD + "/inputs/{slug}.claims.sha256",
        judge=BUILD + "/inputs/judge.sha256",
    output:
        update(BUILD + "/{slug}.verdicts.json"),
    log:
        BUILD + "/logs/{slug}.judge.log",
    shell:
        "{STEP} judge {wildcards.slug} --scale {SCALE} > {log} 2>&1"


rule scorecard:
    input:
        expand(BUILD + "/{slug}.verdicts.json", slug=PROJECT.slugs),
    output:
        update(BUILD + "/scorecard.json"),
    log:
        BUILD + "/logs/scorecard.log",
    shell:
        "{STEP} scorecard --scale {SCALE} > {log} 2>&1"


rule stage:
    input:
        expand(BUILD + "/{slug}.ran.json", slug=PROJECT.slugs),
        expand(BUILD + "/{slug}.verdicts.json", slug=PROJECT.slugs),
        scorecard=BUILD + "/scorecard.json",
        prose=BUILD + "/inputs/prose.sha256",
        staging=BUILD + "/inputs/staging.sha256",
    output:
        update(BUILD + "/staged.json"),
    log:
        BUILD + "/logs/stage.log",
    shell:
        "{STEP} stage --scale {SCALE} > {log} 2>&1"


rule render:
    input:
        BUILD + "/staged.json",
    output:
        update(BUILD + "/rendered.json"),
    log:
        BUILD + "/logs/render.log",
    shell:
        "{STEP} render --scale {SCALE} > {log} 2>&1"


rule print_chapters:
    input:
        BUILD + "/rendered.json",
    output:
        update(BUILD + "/printed.json"),
    log:
        BUILD + "/logs/print.log",
    shell:
        "{STEP} print --scale {SCALE} > {log} 2>&1"
