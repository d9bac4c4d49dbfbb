"""One stage: look the result up in the cache, else run the recipe and keep what it made.

The recipe fills a scratch folder that is renamed into the cache when it succeeded, so a result is
whole or absent. The scratch folder of a stage is always the same one: paths that slip into results
or into compiler caches do not vary, and what a killed build left is removed by the next one.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from . import progress, provenance, sources, tools
from .errors import BuildError
from .lock import Source
from .locks import locked
from .paths import BUILD, CACHE, LOGS, ROOT, relative
from .stages import Stage, stage_files

LOG_TAIL = 60  # lines of the log shown with a failure

_recipes: set[subprocess.Popen] = set()


def stop_recipes() -> None:
    """Ends what runs, with everything it started. Called when the build is given up."""
    for process in list(_recipes):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)


@dataclass(frozen=True)
class Job:
    """A stage with all that its recipe gets."""

    stage: Stage
    key: str
    epoch: int
    sources: list[Source]
    needs: list["Result"]


@dataclass(frozen=True)
class Result:
    """A stage that is in the cache."""

    stage: Stage
    key: str
    sources: list[Source]
    needs: list["Result"]
    path: Path
    cached: bool
    facts: dict  # seconds the recipe took, bytes it made


def obtain(job: Job) -> Result:
    """The result of a stage, made when it is not there yet; linked at build/<name>."""
    name = job.stage.name
    path = CACHE / "stages" / f"{name}-{job.key}"
    cached = path.is_dir()
    if not cached:
        with locked(f"stage-{name}"):
            cached = path.is_dir()  # another build may have made it meanwhile
            if not cached:
                _build(job, path)
    _link(name, path)
    facts = json.loads(path.with_suffix(".json").read_text())
    return Result(job.stage, job.key, job.sources, job.needs, path, cached, facts)


def _build(job: Job, path: Path) -> None:
    scratch = CACHE / "work" / job.stage.name
    start = time.monotonic()
    files = stage_files(job.stage)
    made = run_in(scratch, job)
    if stage_files(job.stage) != files:
        raise BuildError(f"stage {job.stage.name}: its inputs changed meanwhile, start again")
    facts = {"seconds": round(time.monotonic() - start, 1), "bytes": _size(made)}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".json").write_text(json.dumps(facts) + "\n")
    made.rename(path)
    _discard(scratch)


def _discard(scratch: Path) -> None:
    """Removes it beside other work: a kernel's files take a slow disk minutes."""
    aside = CACHE / "work/.discarded"  # with what an interrupted removal left there
    aside.mkdir(exist_ok=True)
    scratch.rename(aside / f"{scratch.name}-{time.time_ns()}")
    subprocess.Popen(  # quietly: of two at once, each misses what the other one has removed
        ["rm", "-rf", "--", *aside.iterdir()], start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def run_in(scratch: Path, job: Job) -> Path:
    """Runs the recipe; returns the folder below `scratch` that holds what it made."""
    shutil.rmtree(scratch, ignore_errors=True)
    for name in ("out", "work", "src"):
        (scratch / name).mkdir(parents=True)
    for source in job.sources:
        (scratch / "src" / source.name).symlink_to(sources.tree(source))
    provenance.write(scratch / "provenance.json", job.needs)
    environment = tools.environment() | {
        "OUT": str(scratch / "out"),
        "WORK": str(scratch / "work"),
        "SRC": str(scratch / "src"),
        "TMPDIR": str(scratch / "work"),
        "PROVENANCE": str(scratch / "provenance.json"),
        "JOBS": str(os.cpu_count() or 1),
        "SOURCE_DATE_EPOCH": str(job.epoch),
        **{need.stage.variable: str(need.path) for need in job.needs},
        **job.stage.env,
    }
    _run_recipe(job.stage, environment)
    if not any((scratch / "out").iterdir()):
        raise BuildError(f"stage {job.stage.name}: the recipe left nothing in $OUT")
    return scratch / "out"


def _run_recipe(stage: Stage, environment: dict[str, str]) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{stage.name}.log"
    with log.open("wb") as output:
        progress.started(stage.name, log, Path(environment["WORK"], "progress"))
        process = subprocess.Popen(
            [ROOT / stage.run], cwd=ROOT, env=environment, umask=0o022,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        _recipes.add(process)
        status = process.wait()
        _recipes.discard(process)
    if status != 0:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-LOG_TAIL:])
        raise BuildError(
            f"{tail}\nstage {stage.name}: '{stage.run}' ended with status {status}; "
            f"the end of its log is above, all of it in {relative(log)}"
        )


def _size(folder: Path) -> int:
    """Bytes of all files, hard links counted once."""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            status = os.lstat(Path(parent, name))
            found[status.st_ino] = status.st_size
    return sum(found.values())


def _link(name: str, target: Path) -> None:
    BUILD.mkdir(exist_ok=True)
    link = BUILD / name
    if link.is_symlink() and os.readlink(link) == str(target):
        return
    temporary = BUILD / f".{name}.{os.getpid()}.{threading.get_ident()}"
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(target)
    temporary.replace(link)
